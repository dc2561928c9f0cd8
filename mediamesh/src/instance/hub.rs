//! Where hubs ask about subscriptions and tell what is new: `/websub/{source}/{token}`, public.
//!
//! Anybody may knock here, so a body is read only for who knows the token of a subscription, few at once and for a
//! short time each. A hub that is turned away by 503 or 408 comes again.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mediamesh_connectors::scheduler::Scheduler;
use mediamesh_connectors::websub::{Answer, Asked, Delivery, WebSub};
use mediamesh_domain::id::SourceId;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
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
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// `subscribe`, `unsubscribe` or `denied`.
    #[serde(rename = "hub.mode")]
    mode: String,
    /// What the hub calls the feed.
    #[serde(rename = "hub.topic")]
    topic: String,
    /// What the answer has to say; absent where the subscription is denied.
    #[serde(rename = "hub.challenge")]
    challenge: String,
    /// How long the subscription holds, in seconds.
    #[serde(rename = "hub.lease_seconds")]
    lease_seconds: Option<i64>,
}

/// The routes, which take bodies of so many bytes at most.
pub(super) fn routes(websub: WebSub, scheduler: Scheduler, max_bytes: usize) -> OpenApiRouter {
    let hubs = Hubs {
        websub,
        scheduler,
        max_bytes,
        places: Arc::new(Semaphore::new(AT_ONCE)),
    };
    OpenApiRouter::new()
        .routes(routes!(verify, deliver))
        .with_state(hubs)
}

/// Ask whether a subscription is meant (WebSub, 5.3).
///
/// For hubs: the address is the callback that this deployment gave the hub of a source's feed. There is such a route
/// where `public_url` is configured.
#[utoipa::path(
    get, path = "/websub/{source}/{token}", tag = "websub", operation_id = "verify_subscription",
    params(
        ("source" = Uuid, Path, description = "The source"),
        ("token" = String, Path, description = "What only the hub knows"),
        Parameters,
    ),
    responses(
        (status = 200, description = "It is: the challenge", body = String, content_type = "text/plain"),
        (status = 202, description = "The denial is taken"),
        (status = 404, description = "There is no such subscription, or this was not asked for"),
        (status = 503, description = "Not now: ask again"),
    )
)]
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

/// Tell what is new (WebSub, 7).
///
/// The body is a whole feed, which is taken as a fetch of it is; an empty one, and YouTube's, only make the next poll
/// come at once. It is signed with the secret of the subscription.
#[utoipa::path(
    post, path = "/websub/{source}/{token}", tag = "websub", operation_id = "deliver_news",
    params(
        ("source" = Uuid, Path, description = "The source"),
        ("token" = String, Path, description = "What only the hub knows"),
        ("x-hub-signature" = String, Header, description = "`sha256=` (or sha1, sha384, sha512) and the HMAC of the body"),
    ),
    request_body(content = String, content_type = "*/*", description = "The feed as it is now"),
    responses(
        (status = 202, description = "The news are taken"),
        (status = 403, description = "They are not signed with the secret of the subscription"),
        (status = 404, description = "There is no such subscription"),
        (status = 408, description = "The body did not come in time"),
        (status = 413, description = "The body is larger than `egress.max_bytes`"),
        (status = 503, description = "Not now: tell again"),
    )
)]
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
