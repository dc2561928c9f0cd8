//! Sessions: begun with a password, carried on with refresh tokens, ended.

use super::{NO_STORE, no_keys};
use crate::api::WriteApi;
use crate::ask::{Anybody, Request, Stranger};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use mediamesh_domain::control::{ControlBody, EndSession, OpenSession, RefreshSession};
use mediamesh_domain::id::{SessionId, UserId};
use mediamesh_domain::position::Version;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_edge::tokens::{REFRESH_S, RefreshToken, Shown};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody logs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The e-mail address.
    email: String,
    /// The password.
    password: String,
}

/// What a session is carried on with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The refresh token that was given last.
    refresh_token: String,
}

/// What a session is used with.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionTokens {
    /// Whose session it is.
    user_id: UserId,
    /// `Bearer`.
    token_type: &'static str,
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    /// How many seconds it lives.
    expires_in: i64,
    /// Carries the session on, once.
    refresh_token: String,
}

/// Log in.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "sessions", operation_id = "log_in",
    request_body = Credentials, security(()),
    responses(
        (status = 201, description = "The session has begun", body = SessionTokens),
        (status = 401, description = "The address or the password is wrong, or the account is not open: it is not said which"),
        (status = 429, description = "Too many attempts from one network address"),
        (status = 503, description = "Too many log in at once, or the log does not take it"),
    )
)]
pub(crate) async fn open(
    State(api): State<WriteApi>,
    stranger: Stranger,
    body: Body,
) -> Result<Response, Problem> {
    let given: Credentials = body.parse(Takes::Json)?;
    let person = api.recognise(&given.email, given.password).await?;
    let (user_id, epoch) = person.ok_or_else(wrong)?;
    let session_id = SessionId((api.ports().ids)());
    let until = (api.ports().clock)().plus_seconds(REFRESH_S);
    let open = ControlBody::OpenSession(OpenSession {
        session_id,
        user_id,
        epoch,
        until,
    });
    let opened = api.as_person(&stranger, user_id, open).await;
    let opened = opened.map_err(|problem| as_ended(problem, wrong))?;
    let shown = Shown {
        user_id,
        session_id,
        epoch,
    };
    let tokens = tokens(&api, shown, opened.version)?;
    Ok((StatusCode::CREATED, [NO_STORE], Json(tokens)).into_response())
}

/// Carry a session on. Each refresh token is taken once; one that comes again after 10 s ends the session.
#[utoipa::path(
    post, path = "/api/v1/sessions/refresh", tag = "sessions", operation_id = "refresh_session",
    request_body = Refresh, security(()),
    responses(
        (status = 200, description = "The session goes on", body = SessionTokens),
        (status = 401, description = "The token is none of ours, was used, or its session has ended: log in again"),
    )
)]
pub(crate) async fn refresh(
    State(api): State<WriteApi>,
    stranger: Stranger,
    body: Body,
) -> Result<Response, Problem> {
    let given: Refresh = body.parse(Takes::Json)?;
    let token = api.ports().tokens.open_refresh(&given.refresh_token);
    let token = token.ok_or_else(ended)?;
    let refresh = ControlBody::RefreshSession(RefreshSession {
        session_id: token.session_id,
        generation: token.generation,
    });
    let went_on = api.as_person(&stranger, token.user_id, refresh).await;
    let went_on = went_on.map_err(|problem| as_ended(problem, ended))?;
    let state = api.ports().control.current();
    let user = state.users.get(&token.user_id).ok_or_else(ended)?;
    let shown = Shown {
        user_id: token.user_id,
        session_id: token.session_id,
        epoch: user.state.epoch,
    };
    let tokens = tokens(&api, shown, went_on.version)?;
    Ok(([NO_STORE], Json(tokens)).into_response())
}

/// Log out: the session's tokens open nothing any more.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current", tag = "sessions", operation_id = "log_out",
    security(("api_key" = [])),
    responses(
        (status = 204, description = "The session has ended"),
        (status = 404, description = "An API key has no session"),
    )
)]
pub(crate) async fn end(
    State(api): State<WriteApi>,
    request: Request<Anybody>,
    stranger: Stranger,
) -> Result<StatusCode, Problem> {
    let shown = request.person()?;
    let session_id = shown.session_id;
    let end = ControlBody::EndSession(EndSession { session_id });
    api.as_person(&stranger, shown.user_id, end).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The tokens of a session's generation; none has the generation 0.
fn tokens(api: &WriteApi, shown: Shown, generation: Version) -> Result<SessionTokens, Problem> {
    let generation = i32::try_from(generation.0).ok().filter(|n| *n > 0);
    let generation = generation.ok_or_else(ended)?;
    let (tokens, id) = (&api.ports().tokens, (api.ports().ids)());
    let access = tokens.access(shown, id).ok_or_else(no_keys)?;
    let refresh = tokens.refresh(RefreshToken {
        user_id: shown.user_id,
        session_id: shown.session_id,
        generation,
    });
    Ok(SessionTokens {
        user_id: shown.user_id,
        token_type: "Bearer",
        access_token: access.token,
        expires_in: access.expires_in,
        refresh_token: refresh.ok_or_else(no_keys)?,
    })
}

/// What the decider does not let in is answered as what is not known here.
fn as_ended(problem: Problem, answer: impl FnOnce() -> Problem) -> Problem {
    if [kind::FORBIDDEN, kind::NOT_FOUND].contains(&problem.kind()) {
        answer()
    } else {
        problem
    }
}

pub(super) fn wrong() -> Problem {
    let detail = "the address or the password is wrong, or the account is not open";
    challenge(Problem::new(kind::UNAUTHENTICATED, detail).code("sign_in_wrong"))
}

fn ended() -> Problem {
    let detail = "the session has ended: log in again";
    challenge(Problem::new(kind::UNAUTHENTICATED, detail).code("session_ended"))
}

fn challenge(problem: Problem) -> Problem {
    let realm = HeaderValue::from_static("Bearer realm=\"mediamesh\"");
    problem.header(WWW_AUTHENTICATE, realm)
}
