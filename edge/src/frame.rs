//! What is put around every API: correlation, problems, headers, deadline, panics, its description.
//!
//! It is one middleware and not one a concern: each layer of a router is a boxed service that is cloned for
//! every request, and seven of them took as long as a read by id takes.

mod meter;
#[cfg(test)]
mod tests;

use crate::correlation::{self, CorrelationId};
use crate::ids::Ids;
use crate::limit::Limit;
use crate::problem::{self, Problem, kind};
use crate::{headers, limit, openapi, page};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderMap, Method, Uri};
use meter::Meter;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;
use utoipa_axum::router::OpenApiRouter;

/// What is the same for every request of an API.
#[derive(Clone)]
pub struct Frame {
    /// The API's name in metrics: `read` or `write`.
    pub name: &'static str,
    /// How long a request may take.
    pub deadline: Duration,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// Makes correlation ids.
    pub ids: Ids,
    /// How often one address may ask; none: as often as it likes.
    pub limit: Option<Limit>,
}

impl Frame {
    /// A frame with the usual limits: 10 s and 1 MiB, and as many requests as there are.
    #[must_use]
    pub fn new(name: &'static str, ids: Ids) -> Self {
        Self {
            name,
            deadline: Duration::from_secs(10),
            body_limit: 1024 * 1024,
            ids,
            limit: None,
        }
    }
}

/// The whole service of an API: its routes, `/openapi.json`, `/docs`, and the frame around them.
pub fn serve(routes: OpenApiRouter, frame: &Frame) -> Router {
    serve_beside(routes, OpenApiRouter::new(), frame)
}

/// As [`serve`], with routes beside the frame: they have bounds and answers of their own, and are described with the
/// others.
pub fn serve_beside(routes: OpenApiRouter, beside: OpenApiRouter, frame: &Frame) -> Router {
    let (router, mut description) = routes.split_for_parts();
    let (own, described) = beside.split_for_parts();
    openapi::finish(&mut description);
    description.merge(described);
    // In this order: an address that neither knows is answered by the frame.
    own.merge(around(router.merge(page::routes(&description)), frame))
}

/// Puts the frame around routes that describe themselves elsewhere.
pub fn around(router: Router, frame: &Frame) -> Router {
    let around = Around {
        frame: frame.clone(),
        meter: Meter::new(frame.name),
    };
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(Arc::new(around), answer))
            .layer(DefaultBodyLimit::max(frame.body_limit))
            .layer(CatchPanicLayer::custom(panicked)),
    )
}

/// What the one middleware stands on.
struct Around {
    frame: Frame,
    meter: Meter,
}

/// What must be known of a request when its answer is there.
struct Asked {
    is_head: bool,
    with_key: bool,
    uri: Uri,
}

impl Asked {
    fn of(request: &Request) -> Self {
        Self {
            is_head: request.method() == Method::HEAD,
            with_key: headers::bring_a_key(request.headers()),
            uri: request.uri().clone(),
        }
    }
}

/// Answers a request within its deadline, in its span, counted, with the headers that every answer has.
async fn answer(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let timing = around.meter.begin(&request);
    let id = correlation::of(request.headers(), &around.frame.ids);
    let span = correlation::span(&id, request.method());
    request.extensions_mut().insert(id.clone());
    let asked = Asked::of(&request);
    async {
        let response = limited(&around.frame, request, next).await;
        let mut response = complete(&asked, &id, response);
        headers::finish(&mut response, asked.with_key);
        correlation::mark(&mut response, &id);
        around.meter.end(timing, &response);
        response
    }
    .instrument(span)
    .await
}

/// Makes a problem of every failure and says in it which request it is about.
fn complete(asked: &Asked, id: &CorrelationId, mut response: Response) -> Response {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let problem = response
        .extensions_mut()
        .remove::<Problem>()
        .unwrap_or_else(|| keep_headers(response.headers(), problem::of_status(response.status())));
    let mut completed = problem.about(asked.uri.path(), id.as_str()).into_response();
    if asked.is_head {
        *completed.body_mut() = Body::empty();
    }
    completed
}

/// Keeps what the answer below said beside its body.
fn keep_headers(from: &HeaderMap, problem: Problem) -> Problem {
    [ALLOW, RETRY_AFTER, limit::POLICY, limit::LEFT]
        .into_iter()
        .fold(problem, |problem, name| match from.get(&name) {
            Some(value) => problem.header(name, value.clone()),
            None => problem,
        })
}

/// Answers where the caller has not asked too often, and says how often it may ask.
async fn limited(frame: &Frame, request: Request, next: Next) -> Response {
    let counted = frame
        .limit
        .as_ref()
        .and_then(|limit| Some((limit, limit.bucket(&request)?)));
    let Some((limit, bucket)) = counted else {
        return in_time(frame.deadline, request, next).await;
    };
    match limit.take(&bucket).await {
        Err(refused) => refused.into_response(),
        Ok(decision) => {
            let mut response = in_time(frame.deadline, request, next).await;
            if let Some(decision) = decision {
                limit.mark(&decision, &mut response);
            }
            response
        }
    }
}

async fn in_time(deadline: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            kind::DEADLINE_EXCEEDED,
            format!("nothing came of it in {} s: try again", deadline.as_secs()),
        )
        .code("deadline_exceeded")
        .retry_after(2)
        .into_response(),
    }
}

/// A handler that panics is our fault alone: the request gets an answer and the others go on.
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(panic = what, "a handler panicked");
    metrics::counter!("http_panics_total").increment(1);
    problem::of_status(http::StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
