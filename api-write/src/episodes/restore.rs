//! An episode's older version is brought back.

use super::address::program_of;
use super::{EpisodePath, changed};
use crate::answer::{CommandStatus, Written};
use crate::api::WriteApi;
use crate::ask::{Drafts, Request};
use crate::versions::{self, Restore};
use axum::extract::State;
use axum::response::Response;
use mediamesh_domain::command::{CommandBody, UpdateEpisode};
use mediamesh_domain::episode::Episode;
use mediamesh_domain::id::EpisodeId;
use mediamesh_edge::body::Body;
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;

/// Give an episode's draft the fields of an older version again; what is live stays, unless `publish` is said.
///
/// It is a change as any other: the version that you saw counts, and fields that others changed since are a conflict.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/episodes/{episode}/restore", tag = "episodes", operation_id = "restore_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Restore, security(("api_key" = ["content:draft"])),
    responses(
        (status = 200, description = "The draft is as it was, or was so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in this program, or no such version of it"),
        (status = 409, description = "The version in the body is old, and so are fields"),
        (status = 412, description = "The version in If-Match is old, and so are fields"),
        (status = 422, description = "The fields break rules of today"),
    )
)]
pub(crate) async fn restore(
    State(api): State<WriteApi>,
    request: Request<Drafts>,
    Path((program, episode_id)): Path<EpisodePath>,
    body: Body,
) -> Result<Response, Problem> {
    request.allowed_in(program)?;
    let ask = request.ask(&api, &body)?;
    let (ask, restored) = versions::restore(&api, ask, &Episode(episode_id), &body).await?;
    let body = CommandBody::UpdateEpisode(UpdateEpisode {
        episode_id,
        patch: restored.patch,
        publish: restored.publish,
        reason: restored.reason,
        restores: restored.restores,
    });
    api.content(ask, program, body, changed(episode_id)).await
}

/// Give an episode's draft the fields of an older version again, by its id alone.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/restore", tag = "episodes", operation_id = "restore_episode_by_id",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Restore, security(("api_key" = ["content:draft"])),
    responses(
        (status = 200, description = "The draft is as it was, or was so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode, or no such version of it"),
        (status = 409, description = "The version in the body is old, and so are fields"),
        (status = 412, description = "The version in If-Match is old, and so are fields"),
        (status = 422, description = "The fields break rules of today"),
    )
)]
pub(crate) async fn restore_by_id(
    api: State<WriteApi>,
    request: Request<Drafts>,
    Path(episode): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    restore(api, request, Path((program, episode)), body).await
}
