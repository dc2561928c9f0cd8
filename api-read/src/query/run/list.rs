//! Lists of runs, newest first.

use super::show::{RunView, counts, of_event, read};
use crate::api::{ReadApi, Reading};
use crate::query::list::Key;
use crate::query::page::{Links, PageRequest};
use futures::future::try_join_all;
use mediamesh_domain::project::{RunScope, runs_key};
use mediamesh_domain::run::RunState;
use mediamesh_domain::view::{Row, Table};
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use utoipa::ToSchema;

/// Rounds of reading at most until a page is full: of the completed runs those that are not decided are shown.
const MOST_ROUNDS: usize = 8;

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunListPage {
    /// The runs, newest first.
    pub data: Vec<RunView>,
    /// What the page is.
    pub meta: RunListMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page of runs is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunListMeta {
    /// At most so many runs.
    pub limit: usize,
}

/// Which runs are asked for.
#[derive(Debug, Clone, Copy)]
pub struct RunListRequest {
    /// Whose.
    pub scope: RunScope,
    /// Those that stand so; none: all but those that found nothing new.
    pub state: Option<RunState>,
}

/// A page of runs.
///
/// # Errors
/// 400 and 410 of the cursor, 503 where the store fails.
pub async fn list(
    api: &ReadApi,
    reading: &Reading,
    asked: RunListRequest,
    request: &PageRequest<'_>,
) -> Result<RunListPage, Problem> {
    let running = asked.state == Some(RunState::Running);
    // Whether a completed run is still under way is not stored, but found out.
    let stored = if running {
        Some(RunState::Completed)
    } else {
        asked.state
    };
    let after: Option<Key> = request.after(api, reading.version.version)?;
    let mut range = Range {
        table: Table::RunLists,
        partition_key: runs_key(asked.scope, stored),
        after: after.map(|Key(key)| key),
        order: Order::Ascending,
        limit: 0,
    };
    let mut shown = Vec::with_capacity(request.limit);
    let mut next = None;
    for _ in 0..MOST_ROUNDS {
        // One row more than fits tells whether there are more.
        let fits = request.limit - shown.len();
        range.limit = fits + 1;
        let mut rows = api.rows(reading.version, &range).await?;
        let more = rows.len() > fits;
        rows.truncate(fits);
        if let Some((key, _)) = rows.last() {
            range.after = Some(key.clone());
        }
        next = range.after.clone().filter(|_| more).map(Key);
        let views = try_join_all(rows.iter().map(|(_, row)| view(api, row))).await?;
        let wanted = |run: &RunView| !running || run.state == RunState::Running;
        shown.extend(views.into_iter().filter(wanted));
        if !more || shown.len() == request.limit {
            break;
        }
    }
    Ok(RunListPage {
        data: shown,
        meta: RunListMeta {
            limit: request.limit,
        },
        links: request.links(api, reading.version.version, next.as_ref()),
    })
}

async fn view(api: &ReadApi, row: &Row) -> Result<RunView, Problem> {
    let event = read(&row.body)?;
    let counts = counts(api, event.run_id.0).await?;
    Ok(of_event(event, counts))
}
