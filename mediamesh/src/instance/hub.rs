//! Where hubs ask about subscriptions and tell what is new: `/websub/{source}/{token}`, public.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use mediamesh_connectors::scheduler::Scheduler;
use mediamesh_connectors::websub::{Answer, Asked, Delivery, PATH, WebSub};
use mediamesh_domain::id::SourceId;
use serde::Deserialize;
use uuid::Uuid;

/// What the handlers need.
#[derive(Clone)]
struct Hubs {
    websub: WebSub,
    scheduler: Scheduler,
}

/// The parameters of a hub's question, as the specification spells them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parameters {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.topic")]
    topic: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
    #[serde(rename = "hub.lease_seconds")]
    lease_seconds: Option<i64>,
}

/// The routes, which take bodies of so many bytes at most.
pub(super) fn routes(websub: WebSub, scheduler: Scheduler, max_bytes: usize) -> Router {
    let path = format!("{PATH}/{{source}}/{{token}}");
    Router::new()
        .route(&path, get(verify).post(deliver))
        .layer(DefaultBodyLimit::max(max_bytes))
        .with_state(Hubs { websub, scheduler })
}

async fn verify(
    State(hubs): State<Hubs>,
    Path((source, token)): Path<(Uuid, String)>,
    Query(asked): Query<Parameters>,
) -> Response {
    let asked = Asked {
        mode: asked.mode,
        topic: asked.topic,
        challenge: asked.challenge,
        lease_seconds: asked.lease_seconds,
    };
    told(hubs.websub.verify(SourceId(source), &token, asked).await)
}

async fn deliver(
    State(hubs): State<Hubs>,
    Path((source, token)): Path<(Uuid, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let delivery = Delivery {
        content_type: text(header::CONTENT_TYPE.as_str()),
        signature: text("x-hub-signature"),
        body,
    };
    let answer = hubs
        .websub
        .deliver(SourceId(source), &token, delivery, &hubs.scheduler);
    told(answer.await)
}

fn told(answer: Answer) -> Response {
    match answer {
        Answer::Confirmed(challenge) => {
            // Plain text that no browser takes for a page: the hub's own words come back.
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, challenge).into_response()
        }
        Answer::Taken => StatusCode::ACCEPTED.into_response(),
        Answer::Unknown => StatusCode::NOT_FOUND.into_response(),
        Answer::Forged => StatusCode::FORBIDDEN.into_response(),
        Answer::NotNow => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
