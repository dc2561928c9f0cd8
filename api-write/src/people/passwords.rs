//! Passwords that are set: by a link that works once, or by who shows the old one.

use super::sessions::wrong;
use crate::api::WriteApi;
use crate::ask::{Anybody, Request, Stranger};
use axum::extract::State;
use http::StatusCode;
use mediamesh_domain::control::{ControlBody, SetPassword};
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::problem::{Problem, kind};
use serde::Deserialize;
use utoipa::ToSchema;

/// A password that is set by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redemption {
    /// The token of the link.
    token: String,
    /// The password: 12 characters or more.
    password: String,
}

/// A password in the place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The password as it is.
    current_password: String,
    /// The password from now on: 12 characters or more.
    new_password: String,
}

/// Set a password by a link. All sessions of the person end.
#[utoipa::path(
    post, path = "/api/v1/users/redeem", tag = "users", operation_id = "redeem_link",
    request_body = Redemption, security(()),
    responses(
        (status = 204, description = "The password is set: log in"),
        (status = 403, description = "The link is none of ours, was used, has ended, or was replaced"),
        (status = 422, description = "The password is too short or too long"),
        (status = 503, description = "Too many at once, or the log does not take it"),
    )
)]
pub(crate) async fn redeem(
    State(api): State<WriteApi>,
    stranger: Stranger,
    body: Body,
) -> Result<StatusCode, Problem> {
    let given: Redemption = body.parse(Takes::Json)?;
    // Nothing is hashed for who has no link of ours.
    let link = api.ports().tokens.open_link(&given.token);
    let link = link.ok_or_else(not_ours)?;
    let password = api.passwords().hash("/password", given.password).await?;
    let set = ControlBody::SetPassword(SetPassword {
        user_id: link.user_id,
        link_id: Some(link.link_id),
        epoch: None,
        password,
    });
    let accepted = api.as_person(&stranger, link.user_id, set).await?;
    api.know_account(&accepted).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Change the caller's own password. All sessions end, this one too: log in again.
#[utoipa::path(
    post, path = "/api/v1/users/me/password", tag = "users", operation_id = "change_password",
    request_body = NewPassword, security(("api_key" = [])),
    responses(
        (status = 204, description = "The password is changed: log in"),
        (status = 401, description = "The current password is wrong"),
        (status = 404, description = "An API key is no person"),
        (status = 422, description = "The new password is too short or too long"),
    )
)]
pub(crate) async fn change(
    State(api): State<WriteApi>,
    request: Request<Anybody>,
    stranger: Stranger,
    body: Body,
) -> Result<StatusCode, Problem> {
    let shown = request.person()?;
    let given: NewPassword = body.parse(Takes::Json)?;
    let account = api.ports().accounts.of(shown.user_id).unwrap_or_default();
    let right = api
        .recognise(&account.profile.email, given.current_password)
        .await?;
    if right.is_none_or(|(user, _)| user != shown.user_id) {
        return Err(wrong());
    }
    let password = api
        .passwords()
        .hash("/new_password", given.new_password)
        .await?;
    let set = ControlBody::SetPassword(SetPassword {
        user_id: shown.user_id,
        link_id: None,
        epoch: Some(shown.epoch),
        password,
    });
    let accepted = api.as_person(&stranger, shown.user_id, set).await?;
    api.know_account(&accepted).await;
    Ok(StatusCode::NO_CONTENT)
}

fn not_ours() -> Problem {
    let detail = "the link was used, has ended, or was replaced: ask for a new one";
    Problem::new(kind::FORBIDDEN, detail).code("link_used")
}
