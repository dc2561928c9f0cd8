//! A program's episodes as the desk sees them, a page at a time.

use crate::api::WriteApi;
use mediamesh_domain::catalog::{EpisodeDocument, Lane};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{EpisodeId, ItemKind, ItemRef, ProgramId};
use mediamesh_domain::project::{document_key, episodes_key, history_key};
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::{Order, Range};
use uuid::Uuid;

/// Episodes of a page; so many are asked about together.
const PAGE: usize = 50;
/// The most events of an item that are looked at, newest first.
const EVENTS: usize = 500;

/// A program's episodes.
pub(super) struct Drafts<'a> {
    api: &'a WriteApi,
    range: Range,
    ended: bool,
}

impl<'a> Drafts<'a> {
    pub(super) fn of(api: &'a WriteApi, program: ProgramId) -> Self {
        Self {
            api,
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

    pub(super) fn api(&self) -> &'a WriteApi {
        self.api
    }

    /// The next page, where there is one.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<EpisodeId>>, Problem> {
        if self.ended {
            return Ok(None);
        }
        let view = self.api.ports().progress.active(View::Catalog);
        let rows = self.api.ports().views.range(view, &self.range).await?;
        self.ended = rows.len() < PAGE;
        self.range.after = rows.last().map(|(key, _)| key.clone());
        // The key of a list ends with the item's id.
        let ids = rows.iter().filter_map(|(key, _)| key.last_chunk::<16>());
        Ok(Some(
            ids.map(|id| EpisodeId(Uuid::from_bytes(*id))).collect(),
        ))
    }
}

/// The draft of an episode.
pub(super) async fn document(
    api: &WriteApi,
    id: EpisodeId,
) -> Result<Option<EpisodeDocument>, Problem> {
    let view = api.ports().progress.active(View::Catalog);
    let key = document_key(Lane::Draft, ItemKind::Episode, id.0, "");
    let row = api.ports().views.get(view, &key).await?;
    let row = row.filter(|row| !row.body.is_empty());
    row.map(|row| serde_json::from_slice(&row.body).map_err(unreadable))
        .transpose()
}

/// The newest events of an item.
pub(super) async fn history(api: &WriteApi, item: ItemRef) -> Result<Vec<Event>, Problem> {
    let range = Range {
        table: Table::History,
        partition_key: history_key(item),
        after: None,
        order: Order::Descending,
        limit: EVENTS,
    };
    let view = api.ports().progress.active(View::History);
    let rows = api.ports().views.range(view, &range).await?;
    let events = rows
        .iter()
        .map(|(_, row)| serde_json::from_slice(&row.body).map_err(unreadable));
    events.collect()
}

fn unreadable(error: serde_json::Error) -> Problem {
    tracing::error!(%error, "a draft or an event of a merge cannot be read");
    Problem::new(kind::INTERNAL, "what is stored cannot be read")
}
