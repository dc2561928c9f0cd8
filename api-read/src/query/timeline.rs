//! When each event of an item was put on the log and decided, and when each view had come to it.

use super::history::{HistoryMeta, events};
use super::page::{Links, PageRequest};
use crate::api::{ReadApi, Reading};
use futures::future::try_join_all;
use mediamesh_domain::event::Event;
use mediamesh_domain::id::ItemRef;
use mediamesh_domain::position::{Partition, Seq, Version};
use mediamesh_domain::project::EventMeta;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::problem::Problem;
use mediamesh_ports::event_log::partition_of_program;
use mediamesh_ports::view_store::{Order, Range};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The views that take in content events.
const VIEWS: [View; 3] = [View::Catalog, View::Search, View::History];

/// A page of an item's timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelinePage {
    /// The events, newest first.
    pub data: Vec<TimelineEntry>,
    /// What the page is.
    pub meta: HistoryMeta,
    /// Where it is.
    pub links: Links,
}

/// One event and its way into the views.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// The item's version after it.
    pub version: Version,
    /// What happened, for example `episode_updated`.
    pub event: &'static str,
    /// The partition of its program.
    pub partition: Partition,
    /// Its place in the partition.
    pub seq: Seq,
    /// When its command was put on the log, by the clock of who did; absent where that is not known.
    pub appended_at: Option<Timestamp>,
    /// When it was decided: not before the decision that stands before it, whatever the clocks say.
    pub decided_at: Timestamp,
    /// When each view had come to it.
    pub views: Vec<ViewTime>,
}

/// When a view had come to an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewTime {
    /// The view.
    pub view: View,
    /// When its flush with the event was done; absent: it has not come there yet.
    pub at: Option<Timestamp>,
}

/// The body of a row of the timeline.
#[derive(Deserialize)]
struct Flushed {
    at: Timestamp,
}

/// A page of an item's timeline.
///
/// # Errors
/// 404 where nothing ever happened to it, 400 and 410 of the cursor, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    request: &PageRequest<'_>,
) -> Result<TimelinePage, Problem> {
    let (events, links) = events(api, reading, item, request).await?;
    let entries = events.iter().map(|(event, meta)| entry(api, event, *meta));
    Ok(TimelinePage {
        data: try_join_all(entries).await?,
        meta: HistoryMeta {
            limit: request.limit,
            item,
        },
        links,
    })
}

async fn entry(api: &ReadApi, event: &Event, meta: EventMeta) -> Result<TimelineEntry, Problem> {
    let partition = partition_of_program(event.program_id);
    let times = VIEWS.map(|view| async move {
        let at = reached(api, view, partition, event.seq).await?;
        Ok::<_, Problem>(ViewTime { view, at })
    });
    Ok(TimelineEntry {
        version: event.version,
        event: event.body.name(),
        partition,
        seq: event.seq,
        appended_at: meta.appended_at,
        decided_at: event.decided_at,
        views: try_join_all(times).await?,
    })
}

/// When a view had come to a `seq`: the time of the first flush that reached at least that far.
pub(super) async fn reached(
    api: &ReadApi,
    view: View,
    partition: Partition,
    seq: Seq,
) -> Result<Option<Timestamp>, Problem> {
    let before = seq.0.saturating_sub(1).to_be_bytes();
    let range = Range {
        table: Table::Timeline,
        partition_key: format!("{}/{partition}", view.as_str()).into_bytes(),
        after: Some(before.to_vec()),
        order: Order::Ascending,
        limit: 1,
    };
    let rows = api.rows(api.active(view), &range).await?;
    let flushed = rows
        .first()
        .map(|(_, row)| serde_json::from_slice::<Flushed>(&row.body));
    Ok(flushed.and_then(Result::ok).map(|flushed| flushed.at))
}
