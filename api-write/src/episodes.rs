//! Commands about episodes. Each has a long address, under its program, and a short one, by its id alone.

mod address;
pub(crate) mod identity;
pub(crate) mod restore;
pub(crate) mod short;

use crate::answer::{CommandStatus, Written};
use crate::api::WriteApi;
use crate::ask::{Content, Drafts, Request};
use crate::patch;
use crate::programs::{HowChanged, HowEdited, Step, reason, slug, step};
use crate::submit::Told;
use crate::withdrawal::{self, NewWithdrawal, WithdrawalParams};
use axum::extract::State;
use axum::response::Response;
use mediamesh_domain::command::{
    ArchiveEpisode, CommandBody, CreateEpisode, PublishEpisode, UnpublishEpisode, UpdateEpisode,
    WithdrawEpisode,
};
use mediamesh_domain::id::{EpisodeId, ItemRef, ProgramId};
use mediamesh_domain::model::EpisodeFields;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

/// An episode of a program.
type EpisodePath = (ProgramId, EpisodeId);

fn changed(episode: EpisodeId) -> Told {
    Told::changed(ItemRef::episode(episode))
}

/// Make an episode of a program.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/episodes", tag = "episodes", operation_id = "create_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), HowChanged,
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = EpisodeFields, security(("api_key" = ["content:draft"])),
    responses(
        (status = 201, description = "It is made", body = Written, headers(("ETag" = String), ("Location" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such program"),
        (status = 422, description = "Fields break rules, or the Idempotency-Key was used for another request"),
        (status = 503, description = "The log does not take it"),
    )
)]
pub(crate) async fn create(
    State(api): State<WriteApi>,
    request: Request<Drafts>,
    Path(program): Path<ProgramId>,
    Query(how): Query<HowChanged>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let fields: EpisodeFields = body.parse(Takes::Json)?;
    let episode_id = EpisodeId(ask.new_id(&api));
    let told = Told::created(ItemRef::episode(episode_id), slug(&fields, episode_id.0));
    let body = CommandBody::CreateEpisode(CreateEpisode {
        episode_id,
        fields,
        publish: how.publish,
    });
    api.content(ask, program, body, told).await
}

/// Change an episode's draft by a JSON merge patch (RFC 7396).
///
/// Name the version that you saw by If-Match, or as the member `version` of the patch. An older one is taken where
/// nobody else touched the same fields since; otherwise the answer has both sides of each.
#[utoipa::path(
    patch, path = "/api/v1/programs/{program}/episodes/{episode}", tag = "episodes", operation_id = "update_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), ("episode" = uuid::Uuid, Path, description = "Its id"), HowEdited,
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body(content((EpisodeFields = "application/merge-patch+json"), (EpisodeFields = "application/json"))),
    security(("api_key" = ["content:draft"])),
    responses(
        (status = 200, description = "It is changed, or was so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in this program"),
        (status = 409, description = "The version in the body is old, and so are fields"),
        (status = 412, description = "The version in If-Match is old, and so are fields"),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn update(
    State(api): State<WriteApi>,
    request: Request<Drafts>,
    Path((program, episode_id)): Path<EpisodePath>,
    Query(how): Query<HowEdited>,
    body: Body,
) -> Result<Response, Problem> {
    let patch = patch::read::<EpisodeFields>(&body)?;
    let ask = request.ask(&api, &body)?.expecting(patch.expected)?;
    let body = CommandBody::UpdateEpisode(UpdateEpisode {
        episode_id,
        patch: patch.text,
        publish: how.publish,
        reason: reason(how.reason)?,
        restores: None,
    });
    api.content(ask, program, body, changed(episode_id)).await
}

/// Make an episode's draft live.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/episodes/{episode}/publish", tag = "episodes", operation_id = "publish_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is live", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in this program"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "It lacks what readers need"),
    )
)]
pub(crate) async fn publish(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path((program, episode_id)): Path<EpisodePath>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::PublishEpisode(PublishEpisode { episode_id, reason });
    api.content(ask, program, body, changed(episode_id)).await
}

/// Take an episode from the readers; it may return.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/episodes/{episode}/unpublish", tag = "episodes", operation_id = "unpublish_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "Readers no longer see it", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in this program"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 409, description = "It was never published"),
    )
)]
pub(crate) async fn unpublish(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path((program, episode_id)): Path<EpisodePath>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::UnpublishEpisode(UnpublishEpisode { episode_id, reason });
    api.content(ask, program, body, changed(episode_id)).await
}

/// Keep an episode for those who have its address, out of lists and search.
#[utoipa::path(
    post, path = "/api/v1/programs/{program}/episodes/{episode}/archive", tag = "episodes", operation_id = "archive_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is archived", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in this program"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn archive(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path((program, episode_id)): Path<EpisodePath>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let body = CommandBody::ArchiveEpisode(ArchiveEpisode { episode_id, reason });
    api.content(ask, program, body, changed(episode_id)).await
}

/// Withdraw an episode for good: its addresses answer 410 with the note, and no source brings it back.
///
/// Again with another note, it puts the note right.
#[utoipa::path(
    delete, path = "/api/v1/programs/{program}/episodes/{episode}", tag = "episodes", operation_id = "withdraw_episode",
    params(
        ("program" = uuid::Uuid, Path, description = "The id of its program"), ("episode" = uuid::Uuid, Path, description = "Its id"), WithdrawalParams,
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Option<NewWithdrawal>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is withdrawn", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in this program"),
        (status = 409, description = "It is part of another, or the version in the body is old"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "Readers have seen it, and the note is missing"),
    )
)]
pub(crate) async fn withdraw(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path((program, episode_id)): Path<EpisodePath>,
    Query(params): Query<WithdrawalParams>,
    body: Body,
) -> Result<Response, Problem> {
    let (ask, note, reason) = withdrawal::read(request.ask(&api, &body)?, params, &body)?;
    let body = CommandBody::WithdrawEpisode(WithdrawEpisode {
        episode_id,
        note,
        reason,
    });
    api.content(ask, program, body, changed(episode_id)).await
}
