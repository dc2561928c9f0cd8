//! What happened to an item: its events as an editor reads them, newest first.

mod entry;

pub use entry::{Change, HistoryEntry, ImportView};

use super::document::not_found;
use super::list::Key;
use super::page::{Links, PageRequest};
use crate::api::{ReadApi, Reading};
use crate::reply::internal;
use mediamesh_domain::event::Event;
use mediamesh_domain::id::ItemRef;
use mediamesh_domain::project::{EventMeta, history_key};
use mediamesh_domain::view::Table;
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of an item's events.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryPage {
    /// The events, newest first.
    pub data: Vec<HistoryEntry>,
    /// What the page is.
    pub meta: HistoryMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page of events is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryMeta {
    /// At most so many events.
    pub limit: usize,
    /// The item.
    pub item: ItemRef,
}

/// A page of an item's history.
///
/// # Errors
/// 404 where nothing ever happened to it, 400 and 410 of the cursor, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    request: &PageRequest<'_>,
) -> Result<HistoryPage, Problem> {
    let (events, links) = events(api, reading, item, request).await?;
    Ok(HistoryPage {
        data: events
            .iter()
            .map(|(event, _)| HistoryEntry::of(event))
            .collect(),
        meta: HistoryMeta {
            limit: request.limit,
            item,
        },
        links,
    })
}

/// A page of an item's events, newest first, with what is known of each and the page's links.
pub(super) async fn events(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
    request: &PageRequest<'_>,
) -> Result<(Vec<(Event, EventMeta)>, Links), Problem> {
    let after: Option<Key> = request.after(api, reading.version.version)?;
    let range = Range {
        table: Table::History,
        partition_key: history_key(item),
        after: after.map(|Key(key)| key),
        order: Order::Descending,
        limit: request.limit + 1,
    };
    let mut rows = api.rows(reading.version, &range).await?;
    if rows.is_empty() && request.cursor.is_none() {
        return Err(not_found(item.kind));
    }
    let more = rows.len() > request.limit;
    rows.truncate(request.limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|(key, _)| Key(key.clone()));
    let events = rows.iter().map(|(_, row)| {
        let event = serde_json::from_slice(&row.body).map_err(|error| {
            tracing::error!(item = %item, error = %error, "an event of a history cannot be read");
            internal()
        })?;
        // Rows that were written before there was a meta have none.
        let meta = serde_json::from_slice(&row.meta).unwrap_or_default();
        Ok::<_, Problem>((event, meta))
    });
    let events = events.collect::<Result<_, _>>()?;
    Ok((
        events,
        request.links(api, reading.version.version, next.as_ref()),
    ))
}
