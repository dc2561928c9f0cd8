//! Accounts as administrators see and change them, and as their own person sees them.

use super::known::{KnownUser, NewGrants};
use crate::answer::{self, CommandStatus};
use crate::api::WriteApi;
use crate::ask::{Admin, Anybody, Request};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::ETAG;
use http::{HeaderValue, StatusCode};
use mediamesh_domain::access::{Grants, Role};
use mediamesh_domain::control::{ControlBody, EraseUser, UpdateUser};
use mediamesh_domain::id::UserId;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::conditional::ETag;
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everybody with an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnownUsers {
    /// By id.
    data: Vec<KnownUser>,
}

/// What to change of an account; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccessPatch {
    /// The role.
    role: Option<Role>,
    /// Scopes beside those of the role; all of them.
    scopes: Option<Vec<String>>,
    /// The programs that content scopes hold for; all of them.
    grants: Option<NewGrants>,
    /// Whether nothing opens. All sessions end.
    disabled: Option<bool>,
}

/// Everybody with an account.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users", operation_id = "list_users",
    security(("api_key" = ["admin"])),
    responses((status = 200, description = "Everybody", body = KnownUsers))
)]
pub(crate) async fn index(
    State(api): State<WriteApi>,
    _request: Request<Admin>,
) -> Json<KnownUsers> {
    Json(KnownUsers {
        data: api.everybody(),
    })
}

/// A person's account.
#[utoipa::path(
    get, path = "/api/v1/users/{user}", tag = "users", operation_id = "get_user",
    params(("user" = uuid::Uuid, Path, description = "The person's id")),
    security(("api_key" = ["admin"])),
    responses(
        (status = 200, description = "The account", body = KnownUser, headers(("ETag" = String))),
        (status = 404, description = "There is no such person"),
    )
)]
pub(crate) async fn show(
    State(api): State<WriteApi>,
    _request: Request<Admin>,
    Path(user): Path<UserId>,
) -> Result<Response, Problem> {
    Ok(told(api.known(user)?))
}

/// The caller's own account.
#[utoipa::path(
    get, path = "/api/v1/users/me", tag = "users", operation_id = "get_own_user",
    security(("api_key" = [])),
    responses(
        (status = 200, description = "The account", body = KnownUser, headers(("ETag" = String))),
        (status = 404, description = "An API key is no person"),
    )
)]
pub(crate) async fn own(
    State(api): State<WriteApi>,
    request: Request<Anybody>,
) -> Result<Response, Problem> {
    Ok(told(api.known(request.person()?.user_id)?))
}

/// Change what a person may do, or shut the account. It holds at once, for open sessions too.
#[utoipa::path(
    patch, path = "/api/v1/users/{user}", tag = "users", operation_id = "update_user",
    params(
        ("user" = uuid::Uuid, Path, description = "The person's id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = AccessPatch, security(("api_key" = ["admin"])),
    responses(
        (status = 200, description = "It is changed, or was so already", body = KnownUser, headers(("ETag" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such person"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "Fields break rules"),
    )
)]
pub(crate) async fn update(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    Path(user): Path<UserId>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let patch: AccessPatch = body.parse(Takes::MergePatch)?;
    let (command, prefer) = (ask.command_id, ask.prefer);
    let body = ControlBody::UpdateUser(UpdateUser {
        user_id: user,
        role: patch.role,
        scopes: patch.scopes,
        grants: patch.grants.map(Grants::from),
        disabled: patch.disabled,
    });
    match api.control(ask, body).await? {
        None => Ok(answer::pending(command, &prefer, None)),
        Some(_) => Ok(told(api.known(user)?)),
    }
}

/// Forget a person: name, address and password are removed, and the id stays in what was done.
#[utoipa::path(
    delete, path = "/api/v1/users/{user}", tag = "users", operation_id = "erase_user",
    params(("user" = uuid::Uuid, Path, description = "The person's id")),
    security(("api_key" = ["admin"])),
    responses(
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 204, description = "The person is forgotten; within a day no disk of the log holds the address any more"),
        (status = 404, description = "There is no such person"),
    )
)]
pub(crate) async fn erase(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    Path(user): Path<UserId>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let (command, prefer) = (ask.command_id, ask.prefer);
    let body = ControlBody::EraseUser(EraseUser { user_id: user });
    match api.control(ask, body).await? {
        None => Ok(answer::pending(command, &prefer, None)),
        Some(accepted) => {
            api.know_account(&accepted).await;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    }
}

fn told(user: KnownUser) -> Response {
    let etag = ETag::version(user.version).to_string();
    let etag = HeaderValue::from_str(&etag).ok().map(|etag| (ETAG, etag));
    let mut response = Json(user).into_response();
    response.headers_mut().extend(etag);
    response
}
