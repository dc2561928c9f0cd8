//! Sources, from the control state that every node holds.

use super::page::{Links, PageRequest};
use crate::api::{DeskApi, ReadApi};
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

/// A page of sources, by name.
///
/// # Errors
/// 400 where the cursor is none of this list.
pub fn page(
    api: &ReadApi,
    state: &ControlState,
    request: &PageRequest<'_>,
) -> Result<SourcePage, Problem> {
    let after: Option<Place> = request.after(api, 0)?;
    let mut sources: Vec<_> = state.sources.iter().collect();
    sources.sort_by_key(|(id, entry)| place(**id, entry));
    let mut rest = sources.iter().skip_while(|(id, entry)| {
        after
            .as_ref()
            .is_some_and(|after| place(**id, entry) <= *after)
    });
    let shown: Vec<_> = rest.by_ref().take(request.limit).collect();
    let next = rest.next().and(shown.last());
    let next = next.map(|(id, entry)| place(**id, entry));
    Ok(SourcePage {
        data: shown.iter().map(|(id, entry)| view(**id, entry)).collect(),
        meta: SourceMeta {
            limit: request.limit,
            total: sources.len(),
        },
        links: request.links(api, 0, next.as_ref()),
    })
}

/// A source by its id.
#[must_use]
pub fn one(state: &ControlState, id: SourceId) -> Option<SourceView> {
    state.sources.get(&id).map(|entry| view(id, entry))
}

/// The 404 of a source that is not there.
#[must_use]
pub fn not_found() -> Problem {
    Problem::new(kind::NOT_FOUND, "there is no such source").code("no_such_source")
}

fn place(id: SourceId, entry: &SourceEntry) -> Place {
    Place(entry.fields.name.clone(), id)
}

fn view(id: SourceId, entry: &SourceEntry) -> SourceView {
    SourceView {
        id,
        version: entry.version,
        fields: entry.fields.clone(),
        created_at: entry.created_at,
        updated_at: entry.updated_at,
    }
}
