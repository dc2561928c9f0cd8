//! API keys: made, listed and revoked by administrators; a secret is shown once and never stored.

use crate::answer::{self, CommandStatus};
use crate::api::WriteApi;
use crate::ask::{Admin, Request};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use mediamesh_domain::control::{ControlBody, CreateApiKey, RevokeApiKey, api_key_id};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::Finding;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::Path;
use mediamesh_edge::keys::{Scope, generate};
use mediamesh_edge::problem::{Problem, kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key to make.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What it is called; 1 to 200 characters.
    name: String,
    /// What it may do: `admin`, `content:write`, `content:draft`, `content:read-draft`, `sources:write`, `ingest:push`.
    scopes: Vec<String>,
    /// The sources it may push to.
    sources: Vec<SourceId>,
    /// When it ends; absent: never.
    expires_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeKey {
    /// The whole key: it is shown here and never again.
    key: String,
    /// What is known of it.
    #[serde(flatten)]
    known: KnownKey,
}

/// What is known of a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnownKey {
    /// Its public half.
    prefix: String,
    /// What it is called.
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// The sources it may push to.
    sources: Vec<SourceId>,
    /// When it ends; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

/// The keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnownKeys {
    /// Those that are not revoked, by prefix.
    data: Vec<KnownKey>,
}

impl From<&CreateApiKey> for KnownKey {
    fn from(key: &CreateApiKey) -> Self {
        Self {
            prefix: key.prefix.clone(),
            name: key.name.clone(),
            scopes: key.scopes.clone(),
            sources: key.sources.clone(),
            expires_at: key.expires_at,
        }
    }
}

/// The keys that are not revoked.
#[utoipa::path(
    get, path = "/api/v1/keys", tag = "keys", operation_id = "list_keys",
    security(("api_key" = ["admin"])),
    responses((status = 200, description = "The keys, without their secrets", body = KnownKeys))
)]
pub(crate) async fn index(
    State(api): State<WriteApi>,
    _request: Request<Admin>,
) -> Json<KnownKeys> {
    let state = api.ports().control.current();
    let data = state.api_keys.values().map(KnownKey::from).collect();
    Json(KnownKeys { data })
}

/// Make a key; its secret is in this answer alone.
#[utoipa::path(
    post, path = "/api/v1/keys", tag = "keys", operation_id = "create_key",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request again makes no second key, and answers 409: the secret was shown")),
    request_body = NewKey, security(("api_key" = ["admin"])),
    responses(
        (status = 201, description = "It is made", body = MadeKey, headers(("Location" = String))),
        (status = 409, description = "The request came before, and the secret was shown then"),
        (status = 422, description = "Fields break rules"),
        (status = 503, description = "It is not known to be made: ask the status address, then make another one"),
    )
)]
pub(crate) async fn create(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    body: Body,
) -> Result<Response, Problem> {
    let mut ask = request.ask(&api, &body)?;
    let new: NewKey = body.parse(Takes::Json)?;
    check(&new)?;
    // The secret stands in this answer alone, so it is never given before the verdict.
    ask.prefer = mediamesh_edge::prefer::Prefer::default();
    let ([a, b, c, d, e, f, g, h, ..], secret) = ((api.ports().entropy)(), (api.ports().entropy)());
    let made = generate([a, b, c, d, e, f, g, h], secret);
    let key = CreateApiKey {
        prefix: made.prefix,
        secret_hash: made.secret_hash.to_vec(),
        name: new.name,
        scopes: new.scopes,
        sources: new.sources,
        expires_at: new.expires_at,
    };
    let (known, command) = (KnownKey::from(&key), ask.command_id);
    let id = api_key_id(&key.prefix);
    let accepted = api.control(ask, ControlBody::CreateApiKey(key)).await?;
    let accepted =
        accepted.ok_or_else(|| undecided().command(command, answer::status_url(command)))?;
    if accepted.item.id != id {
        let detail = "this request made a key before and showed its secret then: revoke that one and make another";
        return Err(Problem::new(kind::CONFLICT, detail).code("secret_was_shown"));
    }
    let location = [(LOCATION, format!("/api/v1/keys/{}", known.prefix))];
    let key = made.key;
    Ok((StatusCode::CREATED, location, Json(MadeKey { key, known })).into_response())
}

/// Revoke a key; one that is revoked already stays so.
#[utoipa::path(
    delete, path = "/api/v1/keys/{prefix}", tag = "keys", operation_id = "revoke_key",
    params(("prefix" = String, Path, description = "Its public half")),
    security(("api_key" = ["admin"])),
    responses(
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "There is no such key"),
    )
)]
pub(crate) async fn revoke(
    State(api): State<WriteApi>,
    request: Request<Admin>,
    Path(prefix): Path<String>,
    body: Body,
) -> Result<Response, Problem> {
    let ask = request.ask(&api, &body)?;
    let (command, prefer) = (ask.command_id, ask.prefer);
    let body = ControlBody::RevokeApiKey(RevokeApiKey { prefix });
    Ok(match api.control(ask, body).await? {
        None => answer::pending(command, &prefer, None),
        Some(_) => StatusCode::NO_CONTENT.into_response(),
    })
}

fn check(key: &NewKey) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if key.name.trim().is_empty() || key.name.chars().count() > 200 {
        let message = "a key needs a name of 1 to 200 characters";
        errors.push(Finding::new("/name", "name_invalid", message));
    }
    if key.scopes.is_empty() {
        let message = "a key needs a scope, or it may do nothing";
        errors.push(Finding::new("/scopes", "scopes_missing", message));
    }
    for (n, scope) in key.scopes.iter().enumerate() {
        if let Err(error) = scope.parse::<Scope>() {
            let message = error.to_string();
            errors.push(Finding::new(
                format!("/scopes/{n}"),
                "scope_unknown",
                message,
            ));
        }
    }
    if key
        .scopes
        .iter()
        .any(|scope| scope == Scope::IngestPush.as_str())
        && key.sources.is_empty()
    {
        let message = "a key that pushes names the sources that it may push to";
        errors.push(Finding::new("/sources", "sources_missing", message));
    }
    if errors.is_empty() {
        return Ok(());
    }
    let detail = "the key is not made: mend what the errors name";
    Err(Problem::new(kind::INVALID_FIELDS, detail)
        .code("invalid_fields")
        .errors(errors))
}

fn undecided() -> Problem {
    let detail = "the key was not decided in time; its secret is lost: make another one";
    Problem::new(kind::UNAVAILABLE, detail)
        .code("verdict_late")
        .retry_after(1)
}
