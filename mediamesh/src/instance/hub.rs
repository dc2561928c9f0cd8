//! Where hubs ask about subscriptions and tell what is new: `/websub/{source}/{token}`, public.
//!
//! Anybody may knock here, so a body is read only for who knows the token of a subscription, few at once and for a
//! short time each. A hub that is turned away by 503 or 408 comes again.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use mediamesh_connectors::scheduler::Scheduler;
use mediamesh_connectors::websub::{Answer, Asked, Delivery, PATH, WebSub};
use mediamesh_domain::id::SourceId;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

/// How many requests are answered at once; each may hold a whole feed in memory.
const AT_ONCE: usize = 8;
/// How long a body may take to come.
const BODY_COMES: Duration = Duration::from_secs(20);

/// What the handlers need.
#[derive(Clone)]
struct Hubs {
    websub: WebSub,
    scheduler: Scheduler,
    max_bytes: usize,
    places: Arc<Semaphore>,
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
    let hubs = Hubs {
        websub,
        scheduler,
        max_bytes,
        places: Arc::new(Semaphore::new(AT_ONCE)),
    };
    Router::new()
        .route(&path, get(verify).post(deliver))
        .with_state(hubs)
}

async fn verify(
    State(hubs): State<Hubs>,
    Path((source, token)): Path<(Uuid, String)>,
    Query(asked): Query<Parameters>,
) -> Response {
    let Ok(_place) = hubs.places.try_acquire() else {
        return told(Answer::NotNow);
    };
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
    body: Body,
) -> Response {
    let Ok(_place) = hubs.places.try_acquire() else {
        return told(Answer::NotNow);
    };
    let source = SourceId(source);
    if let Err(answer) = hubs.websub.expects(source, &token).await {
        return told(answer);
    }
    let body = match read(body, hubs.max_bytes).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let delivery = Delivery {
        content_type: text(header::CONTENT_TYPE.as_str()),
        signature: text("x-hub-signature"),
        body,
    };
    let answer = hubs
        .websub
        .deliver(source, &token, delivery, &hubs.scheduler);
    told(answer.await)
}

/// The whole body, where it is not too long and comes in time.
async fn read(body: Body, max_bytes: usize) -> Result<Bytes, StatusCode> {
    match timeout(BODY_COMES, to_bytes(body, max_bytes)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
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
