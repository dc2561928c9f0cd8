//! Sources, from the control state that every node holds, each with how it fares.

mod health;

pub use health::{EntryHealth, HealthView, SourceStanding};

use super::page::{Links, PageRequest};
use crate::api::{DeskApi, ReadApi};
use futures::future::try_join_all;
use http::HeaderMap;
use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::{Partition, Position, Version};
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::position::{LONGEST_WAIT, POSITION, at_least, header};
use mediamesh_edge::problem::{Problem, kind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The one partition of `control.events`.
const CONTROL: Partition = Partition(0);
/// How many sources are looked at together.
const AT_ONCE: usize = 32;

/// A source.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// Its id.
    pub id: SourceId,
    /// Its version.
    pub version: Version,
    /// What is said of it.
    #[serde(flatten)]
    pub fields: SourceFields,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How it fares.
    pub health: HealthView,
}

/// A page of sources.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourcePage {
    /// The sources, by name.
    pub data: Vec<SourceView>,
    /// What the page is.
    pub meta: SourceMeta,
    /// Where it is.
    pub links: Links,
}

/// What a page of sources is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceMeta {
    /// At most so many sources.
    pub limit: usize,
    /// How many sources there are.
    pub total: usize,
}

/// The place of a source in the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place(String, SourceId);

/// The control state; waits for the position that is asked for.
///
/// # Errors
/// 400 where the header is no position, 412 where the state did not come that far in time.
pub async fn state(api: &DeskApi, headers: &HeaderMap) -> Result<Arc<ControlState>, Problem> {
    if let Some(asked) = at_least(headers)?
        && !api.control.reach(asked.seq(CONTROL), LONGEST_WAIT).await
    {
        let here = position(&api.control.current());
        let detail =
            format!("the sources are at {here}, not yet at {asked}: try again in a moment");
        return Err(Problem::new(kind::POSITION_NOT_REACHED, detail)
            .code("position_not_reached")
            .header(POSITION, header(&here))
            .retry_after(1));
    }
    Ok(api.control.current())
}

/// How far the control state has come.
#[must_use]
pub fn position(state: &ControlState) -> Position {
    Position::at(CONTROL, state.seq)
}

/// Which sources are asked for.
#[derive(Debug, Clone, Copy)]
pub struct SourcesRequest {
    /// Only those that stand so.
    pub state: Option<SourceStanding>,
}

/// A page of sources, by name.
///
/// # Errors
/// 400 where the cursor is none of this list, 503 where the store fails.
pub async fn page(
    api: &ReadApi,
    state: &ControlState,
    asked: SourcesRequest,
    request: &PageRequest<'_>,
) -> Result<SourcePage, Problem> {
    let after: Option<Place> = request.after(api, 0)?;
    let mut sources: Vec<_> = state.sources.iter().collect();
    sources.sort_by_key(|(id, entry)| place(**id, entry));
    let seen = |(id, entry): &&(&SourceId, &SourceEntry)| {
        let after = after.as_ref();
        after.is_some_and(|after| place(**id, entry) <= *after)
    };
    let first = sources.iter().take_while(seen).count();
    let mut shown = Vec::with_capacity(request.limit);
    let mut next = None;
    for chunk in sources[first..].chunks(AT_ONCE) {
        let views = chunk.iter().map(|(id, entry)| summary(api, **id, entry));
        for view in try_join_all(views).await? {
            if asked.state.is_some_and(|state| view.health.state != state) {
                continue;
            }
            if shown.len() == request.limit {
                next = shown.last().map(of_view);
                break;
            }
            shown.push(view);
        }
        if next.is_some() {
            break;
        }
    }
    Ok(SourcePage {
        data: shown,
        meta: SourceMeta {
            limit: request.limit,
            total: sources.len(),
        },
        links: request.links(api, 0, next.as_ref()),
    })
}

/// A source by its id, with what became of its last entries.
///
/// # Errors
/// 404 where there is none, 503 where the store fails.
pub async fn one(api: &ReadApi, state: &ControlState, id: SourceId) -> Result<SourceView, Problem> {
    let entry = state.sources.get(&id).ok_or_else(not_found)?;
    let mut found = summary(api, id, entry).await?;
    found.health.entries = Some(health::entries(api, id).await?);
    Ok(found)
}

/// The 404 of a source that is not there.
#[must_use]
pub fn not_found() -> Problem {
    Problem::new(kind::NOT_FOUND, "there is no such source").code("no_such_source")
}

fn place(id: SourceId, entry: &SourceEntry) -> Place {
    Place(entry.fields.name.clone(), id)
}

fn of_view(view: &SourceView) -> Place {
    Place(view.fields.name.clone(), view.id)
}

/// A source and how it fares.
///
/// # Errors
/// 503 where the store fails.
pub async fn summary(
    api: &ReadApi,
    id: SourceId,
    entry: &SourceEntry,
) -> Result<SourceView, Problem> {
    Ok(SourceView {
        id,
        version: entry.version,
        fields: entry.fields.clone(),
        created_at: entry.created_at,
        updated_at: entry.updated_at,
        health: health::health(api, id, entry).await?,
    })
}
