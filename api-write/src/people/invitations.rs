//! Invitations and links: an administrator gets a link token once and hands it on; no mail is sent.

use super::known::{KnownUser, NewGrants};
use super::{NO_STORE, late, no_keys};
use crate::api::WriteApi;
use crate::ask::{Admin, Request};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use mediamesh_domain::access::Role;
use mediamesh_domain::control::accounts::Profile;
use mediamesh_domain::control::{Access, ControlBody, InviteUser, LinkUser};
use mediamesh_domain::id::{LinkId, UserId};
use mediamesh_domain::time::Timestamp;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::Path;
use mediamesh_edge::prefer::Prefer;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_edge::tokens::LinkToken;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long an invitation holds, in seconds.
const INVITATION_S: i64 = 7 * 86_400;
/// How long a link to set a new password holds, in seconds.
const RESET_S: i64 = 86_400;

/// Somebody to invite.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    /// The e-mail address: by it the person logs in.
    email: String,
    /// What the person is called.
    name: String,
    /// The role.
    role: Role,
    /// Scopes beside those of the role.
    #[serde(default)]
    scopes: Vec<String>,
    /// The programs that content scopes hold for; none where it is left out.
    #[serde(default)]
    grants: NewGrants,
}

/// What sets a password, once.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeLink {
    /// The token, to be handed to the person: it is shown here and never again.
    token: String,
    /// When it ends.
    expires_at: Timestamp,
}

/// Somebody who was just invited.
#[derive(Serialize, ToSchema)]
pub(crate) struct Invited {
    /// What is known of the person.
    user: KnownUser,
    /// What sets the password.
    link: MadeLink,
}

/// Invite somebody: the account is made, and the answer has what sets its password.
#[utoipa::path(
    post, path = "/api/v1/users", tag = "users", operation_id = "invite_user",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h")),
    request_body = Invitation, security(("api_key" = ["admin"])),
    responses(
        (status = 201, description = "The account is made", body = Invited, headers(("Location" = String))),
        (status = 409, description = "Another account has this address"),
        (status = 422, description = "Fields break rules"),
        (status = 503, description = "It is not known to be made: send the same request again"),
    )
)]
pub(crate) async fn create(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    body: Body,
) -> Result<Response, Problem> {
    let mut ask = request.ask(&api, &body)?;
    let new: Invitation = body.parse(Takes::Json)?;
    // The token stands in this answer alone, so it is never given before the verdict.
    ask.prefer = Prefer::default();
    let user_id = UserId(ask.new_id(&api));
    let link_id = LinkId(ask.command_id.derive(1));
    let until = (api.ports().clock)().plus_seconds(INVITATION_S);
    let invite = InviteUser {
        user_id,
        profile: Profile {
            email: new.email,
            name: new.name,
        },
        access: Access {
            role: new.role,
            scopes: new.scopes,
            grants: new.grants.into(),
        },
        link_id,
        link_until: until,
    };
    let accepted = api.control(ask, ControlBody::InviteUser(invite)).await?;
    api.know_account(&accepted.ok_or_else(late)?).await;
    let link = made(&api, LinkToken { user_id, link_id }, until)?;
    let user = api.known(user_id)?;
    let location = (LOCATION, format!("/api/v1/users/{user_id}"));
    let answer = Json(Invited { user, link });
    Ok((StatusCode::CREATED, [NO_STORE], [location], answer).into_response())
}

/// Make what sets a new password of somebody, once. What was made before sets none any more.
#[utoipa::path(
    post, path = "/api/v1/users/{user}/link", tag = "users", operation_id = "link_user",
    params(("user" = uuid::Uuid, Path, description = "The person's id")),
    security(("api_key" = ["admin"])),
    responses(
        (status = 201, description = "It is made", body = MadeLink),
        (status = 404, description = "There is no such person"),
        (status = 409, description = "The account is disabled"),
    )
)]
pub(crate) async fn link(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    Path(user_id): Path<UserId>,
    body: Body,
) -> Result<Response, Problem> {
    let mut ask = request.ask(&api, &body)?;
    if ask.payload_hash.is_some() {
        let detail = "a link is made anew each time: leave Idempotency-Key out";
        return Err(Problem::new(kind::BAD_HEADER, detail).code("idempotency_not_taken"));
    }
    ask.prefer = Prefer::default();
    let link_id = LinkId((api.ports().ids)());
    let until = (api.ports().clock)().plus_seconds(RESET_S);
    let link = ControlBody::LinkUser(LinkUser {
        user_id,
        link_id,
        until,
    });
    api.control(ask, link).await?.ok_or_else(late)?;
    let link = made(&api, LinkToken { user_id, link_id }, until)?;
    Ok((StatusCode::CREATED, [NO_STORE], Json(link)).into_response())
}

fn made(api: &WriteApi, link: LinkToken, until: Timestamp) -> Result<MadeLink, Problem> {
    Ok(MadeLink {
        token: api.ports().tokens.link(link).ok_or_else(no_keys)?,
        expires_at: until,
    })
}
