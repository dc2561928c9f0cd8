//! A program's episodes as the desk sees them, a page at a time.

use crate::instance::Instance;
use mediamesh_domain::catalog::{EpisodeDocument, Lane};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{EpisodeId, ItemKind, ItemRef, ProgramId};
use mediamesh_domain::project::{document_key, episodes_key, history_key};
use mediamesh_domain::view::{Table, View};
use mediamesh_ports::progress::Progress as _;
use mediamesh_ports::view_store::{Order, Range};
use uuid::Uuid;

/// Episodes of a page.
const PAGE: usize = 100;
/// The most events of an item that are looked at, newest first.
const EVENTS: usize = 500;

/// A program's episodes.
pub(super) struct Drafts<'i> {
    instance: &'i Instance,
    range: Range,
    ended: bool,
}

impl<'i> Drafts<'i> {
    pub(super) fn of(instance: &'i Instance, program: ProgramId) -> Self {
        Self {
            instance,
            range: Range {
                table: Table::Episodes,
                partition_key: episodes_key(Lane::Draft, program),
                after: None,
                order: Order::Ascending,
                limit: PAGE,
            },
            ended: false,
        }
    }

    /// The next page, where there is one.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<EpisodeId>>> {
        if self.ended {
            return Ok(None);
        }
        let view = self.instance.progress.active(View::Catalog);
        let rows = self.instance.stores.rows.range(view, &self.range).await?;
        self.ended = rows.len() < PAGE;
        self.range.after = rows.last().map(|(key, _)| key.clone());
        // The key of a list ends with the item's id.
        let ids = rows.iter().filter_map(|(key, _)| key.last_chunk::<16>());
        Ok(Some(
            ids.map(|id| EpisodeId(Uuid::from_bytes(*id))).collect(),
        ))
    }

    /// The draft of an episode.
    pub(super) async fn document(&self, id: EpisodeId) -> anyhow::Result<Option<EpisodeDocument>> {
        let view = self.instance.progress.active(View::Catalog);
        let key = document_key(Lane::Draft, ItemKind::Episode, id.0, "");
        let row = self.instance.stores.rows.get(view, &key).await?;
        Ok(row
            .map(|row| serde_json::from_slice(&row.body))
            .transpose()?)
    }
}

/// The newest events of an item.
pub(super) async fn history(instance: &Instance, item: ItemRef) -> anyhow::Result<Vec<Event>> {
    let range = Range {
        table: Table::History,
        partition_key: history_key(item),
        after: None,
        order: Order::Descending,
        limit: EVENTS,
    };
    let view = instance.progress.active(View::History);
    let rows = instance.stores.rows.range(view, &range).await?;
    let events = rows
        .iter()
        .map(|(_, row)| serde_json::from_slice(&row.body));
    Ok(events.collect::<Result<_, _>>()?)
}
