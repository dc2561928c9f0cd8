//! The short addresses of episodes: the program is looked up, then the long one's handler does the rest.

use super::address::program_of;
use crate::answer::{CommandStatus, Written};
use crate::api::WriteApi;
use crate::ask::{Content, Drafts, Request};
use crate::programs::{HowEdited, Step};
use crate::withdrawal::{NewWithdrawal, WithdrawalParams};
use axum::extract::State;
use axum::response::Response;
use mediamesh_domain::id::EpisodeId;
use mediamesh_domain::model::EpisodeFields;
use mediamesh_edge::body::Body;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::Problem;

/// Change an episode's draft by a JSON merge patch (RFC 7396), by its id alone.
#[utoipa::path(
    patch, path = "/api/v1/episodes/{episode}", tag = "episodes", operation_id = "update_episode_by_id",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"), HowEdited,
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
        ("If-Position-At-Least" = Option<String>, Header, description = "The position of its creation, where that was on another node"),
    ),
    request_body(content((EpisodeFields = "application/merge-patch+json"), (EpisodeFields = "application/json"))),
    security(("api_key" = ["content:draft"])),
    responses(
        (status = 200, description = "It is changed, or was so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 409, description = "The version in the body is old, and so are fields"),
        (status = 412, description = "The version in If-Match is old, and so are fields"),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn update(
    api: State<WriteApi>,
    request: Request<Drafts>,
    Path(episode): Path<EpisodeId>,
    how: Query<HowEdited>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    super::update(api, request, Path((program, episode)), how, body).await
}

/// Make an episode's draft live.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/publish", tag = "episodes", operation_id = "publish_episode_by_id",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is live", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn publish(
    api: State<WriteApi>,
    request: Request<Content>,
    Path(episode): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    super::publish(api, request, Path((program, episode)), body).await
}

/// Take an episode from the readers; it may return.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/unpublish", tag = "episodes", operation_id = "unpublish_episode_by_id",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "Readers no longer see it", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn unpublish(
    api: State<WriteApi>,
    request: Request<Content>,
    Path(episode): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    super::unpublish(api, request, Path((program, episode)), body).await
}

/// Keep an episode for those who have its address, out of lists and search.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/archive", tag = "episodes", operation_id = "archive_episode_by_id",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is archived", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn archive(
    api: State<WriteApi>,
    request: Request<Content>,
    Path(episode): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    super::archive(api, request, Path((program, episode)), body).await
}

/// Withdraw an episode for good: its addresses answer 410 with the note, and no source brings it back.
#[utoipa::path(
    delete, path = "/api/v1/episodes/{episode}", tag = "episodes", operation_id = "withdraw_episode_by_id",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"), WithdrawalParams,
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Option<NewWithdrawal>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is withdrawn", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 409, description = "It is part of another, or the version in the body is old"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "Readers have seen it, and the note is missing"),
    )
)]
pub(crate) async fn withdraw(
    api: State<WriteApi>,
    request: Request<Content>,
    Path(episode): Path<EpisodeId>,
    params: Query<WithdrawalParams>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    super::withdraw(api, request, Path((program, episode)), params, body).await
}
