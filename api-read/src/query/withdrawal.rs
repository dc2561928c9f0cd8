//! The proof of a withdrawal: each surface that readers see, and since when the item is gone from it.

use super::document::{is_gone, not_found};
use super::timeline::reached;
use crate::api::{ReadApi, Reading};
use crate::reply::internal;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::command::Principal;
use mediamesh_domain::event::{Event, EventBody, Withdrawn};
use mediamesh_domain::id::{ItemKind, ItemRef, ProgramId};
use mediamesh_domain::lang::Localized;
use mediamesh_domain::position::{Partition, Seq, Version};
use mediamesh_domain::project::{episodes_key, history_key};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::event_log::partition_of_program;
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use utoipa::ToSchema;

/// The most corrections of a note that are looked through.
const EVENTS: usize = 100;

/// That an item was withdrawn, and from where it is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawalProof {
    /// The item.
    pub item: ItemRef,
    /// When it was withdrawn.
    pub withdrawn_at: Timestamp,
    /// Who did it.
    pub by: Principal,
    /// The public note in each language as it stands now.
    pub note: Localized,
    /// Why, for the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The item's version since then.
    pub version: Version,
    /// The partition of its program.
    pub partition: Partition,
    /// The event's place in the partition.
    pub seq: Seq,
    /// Whether it is gone from every surface.
    pub gone: bool,
    /// Each surface.
    pub surfaces: Vec<Surface>,
}

/// Where readers might see an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceName {
    /// Its own addresses, in every language: they answer 410.
    Document,
    /// Lists of programs or episodes.
    Lists,
    /// The search.
    Search,
    /// The documents of a program's episodes, and their list.
    Episodes,
}

/// A surface, and whether an item is gone from it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Surface {
    /// Which surface.
    pub surface: SurfaceName,
    /// The view that serves it.
    pub view: View,
    /// Whether it is gone from there.
    pub gone: bool,
    /// Since when; absent: it is not gone yet.
    pub gone_since: Option<Timestamp>,
}

/// The proof of an item's withdrawal.
///
/// # Errors
/// 404 where there is no such item or it was not withdrawn, 503 where the store fails.
pub async fn proof(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
) -> Result<WithdrawalProof, Problem> {
    let withdrawals = withdrawals(api, reading, item).await?;
    let (Some((_, last)), Some((first, said))) = (withdrawals.first(), withdrawals.last()) else {
        let detail =
            "it was not withdrawn; an episode is gone with its program, so ask for that one";
        return Err(Problem::new(kind::NOT_FOUND, detail).code("not_withdrawn"));
    };
    let surfaces = surfaces(api, item, first).await?;
    Ok(WithdrawalProof {
        item,
        withdrawn_at: first.decided_at,
        by: first.principal.clone(),
        note: last.note.clone(),
        reason: said.reason.clone(),
        version: first.version,
        partition: partition_of_program(first.program_id),
        seq: first.seq,
        gone: surfaces.iter().all(|surface| surface.gone),
        surfaces,
    })
}

/// The events of an item's withdrawal and of its corrections, newest first: nothing else comes after the first.
async fn withdrawals(
    api: &ReadApi,
    reading: &Reading,
    item: ItemRef,
) -> Result<Vec<(Event, Withdrawn)>, Problem> {
    let range = Range {
        table: Table::History,
        partition_key: history_key(item),
        after: None,
        order: Order::Descending,
        limit: EVENTS,
    };
    let rows = api.rows(reading.version, &range).await?;
    if rows.is_empty() {
        return Err(not_found(item.kind));
    }
    let mut found = Vec::new();
    for (_, row) in rows {
        let event: Event = serde_json::from_slice(&row.body).map_err(|error| {
            tracing::error!(item = %item, error = %error, "an event of a history cannot be read");
            internal()
        })?;
        let withdrawn = match &event.body {
            EventBody::ProgramWithdrawn(said) | EventBody::EpisodeWithdrawn(said) => said.clone(),
            _ => break,
        };
        found.push((event, withdrawn));
    }
    Ok(found)
}

async fn surfaces(api: &ReadApi, item: ItemRef, event: &Event) -> Result<Vec<Surface>, Problem> {
    let partition = partition_of_program(event.program_id);
    let catalog = reached(api, View::Catalog, partition, event.seq).await?;
    let search = reached(api, View::Search, partition, event.seq).await?;
    let version = api.active(View::Catalog);
    let rows_are_gone = is_gone(api, version, item.kind, item.id).await?;
    let surface = |surface, view, since: Option<Timestamp>, is_gone: bool| Surface {
        surface,
        view,
        gone: is_gone && since.is_some(),
        gone_since: since.filter(|_| is_gone),
    };
    // Lists and documents are written together, so what is gone from one is gone from the other.
    let mut surfaces = vec![
        surface(SurfaceName::Document, View::Catalog, catalog, rows_are_gone),
        surface(SurfaceName::Lists, View::Catalog, catalog, rows_are_gone),
        surface(SurfaceName::Search, View::Search, search, true),
    ];
    if item.kind == ItemKind::Program {
        let are_gone = no_episodes(api, event.program_id).await?;
        surfaces.push(surface(
            SurfaceName::Episodes,
            View::Catalog,
            catalog,
            are_gone,
        ));
    }
    Ok(surfaces)
}

/// Whether no episode of a program is listed for readers: a change of a program comes to them one after the other.
async fn no_episodes(api: &ReadApi, program: ProgramId) -> Result<bool, Problem> {
    let range = Range {
        table: Table::Episodes,
        partition_key: episodes_key(Lane::Live, program),
        after: None,
        order: Order::Ascending,
        limit: 1,
    };
    Ok(api
        .rows(api.active(View::Catalog), &range)
        .await?
        .is_empty())
}
