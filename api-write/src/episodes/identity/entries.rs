//! What a source said of the entries that stand in one episode, from its history.

use crate::api::WriteApi;
use mediamesh_domain::episode::parting::{self, Parting};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{EpisodeId, ItemRef};
use mediamesh_domain::position::Version;
use mediamesh_domain::project::history_key;
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::{Order, Range};

/// The most events that are looked through, newest first.
const EVENTS: usize = 2_000;

/// The entry that came in with a version, and the one that stays.
///
/// # Errors
/// 409 where no entry came in then, 503 where the store fails.
pub(super) async fn parting(
    api: &WriteApi,
    episode: EpisodeId,
    version: Version,
) -> Result<Parting, Problem> {
    let (progress, wait) = (&api.ports().progress, api.limits().own_writes);
    // What this node wrote itself is waited for; where it does not come, an older history tells less.
    let _ = progress.reach(View::History, &api.written(), wait).await;
    let range = Range {
        table: Table::History,
        partition_key: history_key(ItemRef::episode(episode)),
        after: None,
        order: Order::Descending,
        limit: EVENTS,
    };
    let view = progress.active(View::History);
    let rows = api.ports().views.range(view, &range).await?;
    let events = rows
        .iter()
        .filter_map(|(_, row)| serde_json::from_slice::<Event>(&row.body).ok());
    let events: Vec<Event> = events.collect();
    parting::parting(&events, version).ok_or_else(|| {
        let detail = format!("no entry of a source came in with version {version}");
        Problem::new(kind::CONFLICT, detail).code("no_such_entry")
    })
}
