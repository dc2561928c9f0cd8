//! The public halves of the keys that access tokens are signed with.

use crate::api::WriteApi;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;

/// How long it may be kept: less than a new key is published before it signs.
const KEPT: &str = "public, max-age=60";

/// The keys that verify access tokens (RFC 7517): a new one stands here before it signs.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "sessions", operation_id = "get_jwks", security(()),
    responses((status = 200, description = "The keys", body = serde_json::Value))
)]
pub(crate) async fn show(State(api): State<WriteApi>) -> Response {
    let keys = api.ports().tokens.ring().jwks();
    ([(CACHE_CONTROL, KEPT)], Json(keys)).into_response()
}
