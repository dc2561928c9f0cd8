//! The description of an API as it is served: `/openapi.json`, and a page for people at `/docs`.
//!
//! The page is ours, whole and embedded: nothing is loaded from elsewhere.

use crate::openapi;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use utoipa::openapi::OpenApi;

const HTML: &str = include_str!("page/index.html");
const CSS: &str = include_str!("page/page.css");
const JS: &str = include_str!("page/page.js");

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The routes that tell of an API.
pub(crate) fn routes(description: &OpenApi) -> Router {
    let json = Bytes::from(openapi::json(description));
    Router::new()
        .route(
            "/openapi.json",
            get(async move || served("application/json", json)),
        )
        .route(
            "/docs",
            get(async || served("text/html; charset=utf-8", HTML)),
        )
        .route(
            "/docs/page.css",
            get(async || served("text/css; charset=utf-8", CSS)),
        )
        .route(
            "/docs/page.js",
            get(async || served("text/javascript; charset=utf-8", JS)),
        )
}

fn served(media_type: &'static str, body: impl Into<Bytes>) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, body.into())
}
