//! Which program an episode belongs to: its commands go where its program's do.

use crate::api::WriteApi;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::id::{EpisodeId, ItemKind, ItemRef, ProgramId};
use mediamesh_domain::parked::About;
use mediamesh_domain::project::document_key;
use mediamesh_domain::view::View;
use mediamesh_edge::position;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::progress::Progress;
use serde::Deserialize;

/// What is read of an episode's draft document.
#[derive(Deserialize)]
struct Document {
    facts: Facts,
}

#[derive(Deserialize)]
struct Facts {
    program_id: ProgramId,
}

/// The program of an episode, as the desk's view says.
///
/// The view may be behind what was just written: `If-Position-At-Least` waits for it, and what this node wrote
/// itself is waited for without being asked.
pub(super) async fn program_of(
    api: &WriteApi,
    headers: &http::HeaderMap,
    episode: EpisodeId,
) -> Result<ProgramId, Problem> {
    let (progress, wait) = (api.ports().progress.as_ref(), api.limits().own_writes);
    position::reach(headers, progress, View::Catalog, position::LONGEST_WAIT).await?;
    if let Some(program) = find(api, episode).await? {
        return Ok(program);
    }
    if let Some(program) = held_of(progress, episode) {
        return Ok(program);
    }
    let behind = !progress.current(View::Catalog).includes(&api.written());
    if behind
        && progress
            .reach(View::Catalog, &api.written(), wait)
            .await
            .is_ok()
        && let Some(program) = find(api, episode).await?
    {
        return Ok(program);
    }
    let detail = format!("there is no episode {episode}");
    Err(Problem::new(kind::NOT_FOUND, detail).code("not_found"))
}

/// The program of an episode that the view holds back: its key names it.
fn held_of(progress: &dyn Progress, episode: EpisodeId) -> Option<ProgramId> {
    let held = progress.held(View::Catalog, About::Item(ItemRef::episode(episode)))?;
    held.place.key.split('/').next()?.parse().ok()
}

async fn find(api: &WriteApi, episode: EpisodeId) -> Result<Option<ProgramId>, Problem> {
    let view = api.ports().progress.active(View::Catalog);
    let key = document_key(Lane::Draft, ItemKind::Episode, episode.0, "");
    let row = api.ports().views.get(view, &key).await?;
    row.map(|row| serde_json::from_slice::<Document>(&row.body))
        .transpose()
        .map(|document| document.map(|document| document.facts.program_id))
        .map_err(|error| {
            tracing::error!(%error, episode.id = %episode, "an episode's document cannot be read");
            Problem::new(kind::INTERNAL, "the episode's document cannot be read")
        })
}
