//! Metrics, probes and operators' requests, on the loopback interface by default.

use super::Instance;
use crate::operations::{self, Request};
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The largest request: a feed of 15 MiB as JSON.
const LARGEST: usize = 64 << 20;

/// What the routes need.
#[derive(Clone)]
pub struct Ops {
    /// The instance.
    pub instance: Arc<Instance>,
    /// The metrics.
    pub metrics: PrometheusHandle,
    /// The word that lets operators in.
    pub secret: Arc<str>,
}

/// All routes.
pub fn router(ops: Ops) -> Router {
    Router::new()
        .route("/live", get(live))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .route(
            "/operate",
            post(operate).layer(DefaultBodyLimit::max(LARGEST)),
        )
        .with_state(ops)
}

/// The process answers, whatever else is away.
async fn live() -> StatusCode {
    StatusCode::OK
}

/// Whether this instance should get requests.
async fn ready(State(ops): State<Ops>) -> Response {
    match ops.instance.ready() {
        Ok(()) => Json(json!({ "ready": true })).into_response(),
        Err(reasons) => {
            let body = Json(json!({ "ready": false, "reasons": reasons }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}

async fn metrics(State(ops): State<Ops>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, ops.metrics.render()).into_response()
}

/// A request of the command line, answered as one JSON object a line.
async fn operate(State(ops): State<Ops>, headers: HeaderMap, body: Bytes) -> Response {
    if !authorised(&headers, &ops.secret) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let (replies, heard) = mpsc::channel(64);
    let instance = Arc::clone(&ops.instance);
    tokio::spawn(async move { operations::answer(&instance, request, replies).await });
    let lines = futures_lines(heard);
    (
        [(header::CONTENT_TYPE, "application/x-ndjson")],
        Body::from_stream(lines),
    )
        .into_response()
}

fn futures_lines(
    heard: mpsc::Receiver<operations::Reply>,
) -> impl futures::Stream<Item = Result<Bytes, serde_json::Error>> {
    futures::stream::unfold(heard, |mut heard| async move {
        let reply = heard.recv().await?;
        let line = serde_json::to_vec(&reply).map(|mut line| {
            line.push(b'\n');
            Bytes::from(line)
        });
        Some((line, heard))
    })
}

fn authorised(headers: &HeaderMap, secret: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .is_some_and(|word| word.as_bytes().ct_eq(secret.as_bytes()).into())
}
