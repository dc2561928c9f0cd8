//! The entries of a run.

use super::not_found;
use super::show::{RunView, counts, notes, report};
use crate::api::{ReadApi, Reading};
use crate::query::list::Key;
use crate::query::page::{Links, PageRequest};
use crate::reply::internal;
use futures::future::try_join_all;
use mediamesh_domain::project::{RunEntry, run_entry_key};
use mediamesh_domain::run::{EntryFilter, RunCounts, RunTally};
use mediamesh_domain::view::{Row, RowKey, Table};
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of the entries of a run.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunPage {
    /// The run as a whole; absent as long as its connector has not told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunView>,
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
    /// How many entries ended how, of the whole run.
    pub counts: RunCounts,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Copy)]
pub struct EntriesRequest {
    /// The run.
    pub run: Uuid,
    /// Only entries that ended so.
    pub outcome: Option<EntryFilter>,
}

/// The rows of a page, and whether there are more.
type Rows = (Vec<(Vec<u8>, Row)>, bool);

/// A page of the entries of a run, as they are stored.
///
/// # Errors
/// 404 where nothing is known of it, 400 and 410 of the cursor, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    asked: EntriesRequest,
    request: &PageRequest<'_>,
) -> Result<RunPage, Problem> {
    let version = reading.version.version;
    let after: Option<Key> = request.after(api, version)?;
    let after = after.map(|Key(key)| key);
    let (rows, more) = match asked.outcome {
        None => in_order(api, reading, asked.run, after, request.limit).await?,
        Some(filter) => filtered(api, reading, (asked.run, filter), after, request.limit).await?,
    };
    let run = report(api, asked.run).await?;
    let counts = match &run {
        Some(run) => run.counts.clone(),
        None => counts(api, asked.run).await?,
    };
    let is_unknown = rows.is_empty() && run.is_none() && counts == RunCounts::default();
    if is_unknown && request.cursor.is_none() {
        return Err(not_found());
    }
    let last = rows.last().filter(|_| more);
    let next = last.map(|(key, _)| Key(key.clone()));
    let entry = |(_, row): (Vec<u8>, Row)| {
        serde_json::from_slice::<&RawValue>(&row.body)
            .map(ToOwned::to_owned)
            .map_err(|_| internal())
    };
    Ok(RunPage {
        run,
        data: rows.into_iter().map(entry).collect::<Result<_, _>>()?,
        meta: RunMeta {
            limit: request.limit,
            run_id: asked.run,
            counts,
        },
        links: request.links(api, version, next.as_ref()),
    })
}

async fn in_order(
    api: &ReadApi,
    reading: &Reading,
    run: Uuid,
    after: Option<Vec<u8>>,
    limit: usize,
) -> Result<Rows, Problem> {
    let range = Range {
        table: Table::Runs,
        partition_key: run.to_string().into_bytes(),
        after,
        order: Order::Ascending,
        limit: limit + 1,
    };
    let mut rows = api.rows(reading.version, &range).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok((rows, more))
}

/// The notes say which entries these are, so that those of a rare kind are not looked for among 10,000 rows.
async fn filtered(
    api: &ReadApi,
    reading: &Reading,
    (run, filter): (Uuid, EntryFilter),
    after: Option<Vec<u8>>,
    limit: usize,
) -> Result<Rows, Problem> {
    let notes = notes(api, run).await?;
    let entries = notes.iter().flat_map(RunTally::entries);
    let taken = entries.filter(|(_, entry)| filter.takes(entry));
    let mut keys: Vec<RowKey> = taken.map(|(index, _)| run_entry_key(run, *index)).collect();
    keys.retain(|key| {
        after
            .as_ref()
            .is_none_or(|after| key.clustering_key > *after)
    });
    keys.sort_unstable();
    let more = keys.len() > limit;
    keys.truncate(limit);
    let reads = keys.iter().map(|key| async {
        let row = api.row(reading.version, key).await?;
        Ok::<_, Problem>(row.map(|row| (key.clustering_key.clone(), row)))
    });
    let rows = try_join_all(reads).await?;
    Ok((rows.into_iter().flatten().collect(), more))
}
