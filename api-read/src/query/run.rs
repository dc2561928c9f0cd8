//! What became of the entries of a fetch.

use super::list::Key;
use super::page::{Links, PageRequest};
use crate::api::{ReadApi, Reading};
use crate::reply::internal;
use mediamesh_domain::project::RunEntry;
use mediamesh_domain::view::Table;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of the entries of a fetch.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunPage {
    /// The entries in the order of the fetch, the program itself first.
    #[schema(value_type = Vec<RunEntry>)]
    pub data: Vec<Box<RawValue>>,
    /// What the page is.
    pub meta: RunMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page of a run is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunMeta {
    /// At most so many entries.
    pub limit: usize,
    /// The run.
    pub run_id: Uuid,
}

/// A page of the entries of a run, as they are stored.
///
/// # Errors
/// 404 where nothing of it was decided, 400 and 410 of the cursor, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    run: Uuid,
    request: &PageRequest<'_>,
) -> Result<RunPage, Problem> {
    let after: Option<Key> = request.after(api, reading.version.version)?;
    let range = Range {
        table: Table::Runs,
        partition_key: run.to_string().into_bytes(),
        after: after.map(|Key(key)| key),
        order: Order::Ascending,
        limit: request.limit + 1,
    };
    let mut rows = api.rows(reading.version, &range).await?;
    if rows.is_empty() && request.cursor.is_none() {
        return Err(not_found());
    }
    let more = rows.len() > request.limit;
    rows.truncate(request.limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|(key, _)| Key(key.clone()));
    let entry = |(_, row): (Vec<u8>, mediamesh_domain::view::Row)| {
        serde_json::from_slice::<&RawValue>(&row.body)
            .map(ToOwned::to_owned)
            .map_err(|_| internal())
    };
    Ok(RunPage {
        data: rows.into_iter().map(entry).collect::<Result<_, _>>()?,
        meta: RunMeta {
            limit: request.limit,
            run_id: run,
        },
        links: request.links(api, reading.version.version, next.as_ref()),
    })
}

/// The 404 of a run of which nothing is known.
#[must_use]
pub fn not_found() -> Problem {
    Problem::new(
        kind::NOT_FOUND,
        "there is no such run, or nothing of it was decided yet",
    )
    .code("no_such_run")
}
