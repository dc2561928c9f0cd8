//! What is put around every API: correlation, problems, headers, deadline, panics, its description.

#[cfg(test)]
mod tests;

use crate::correlation::{self, CorrelationId};
use crate::ids::Ids;
use crate::problem::{self, Problem, kind};
use crate::{headers, openapi, page};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Method};
use std::any::Any;
use std::time::{Duration, Instant};
use tower_http::catch_panic::CatchPanicLayer;
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
}

impl Frame {
    /// A frame with the usual limits: 10 s and 1 MiB.
    #[must_use]
    pub fn new(name: &'static str, ids: Ids) -> Self {
        Self {
            name,
            deadline: Duration::from_secs(10),
            body_limit: 1024 * 1024,
            ids,
        }
    }
}

/// The whole service of an API: its routes, `/openapi.json`, `/docs`, and the frame around them.
pub fn serve(routes: OpenApiRouter, frame: &Frame) -> Router {
    let (router, mut description) = routes.split_for_parts();
    openapi::finish(&mut description);
    around(router.merge(page::routes(&description)), frame)
}

/// Puts the frame around routes that describe themselves elsewhere.
pub fn around(router: Router, frame: &Frame) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(frame.clone(), deadline))
        .layer(DefaultBodyLimit::max(frame.body_limit))
        .layer(from_fn(complete))
        .layer(from_fn(headers::middleware))
        .layer(from_fn_with_state(frame.name, measure))
        .layer(from_fn_with_state(
            frame.ids.clone(),
            correlation::middleware,
        ))
}

/// Makes a problem of every failure and says in it which request it is about.
async fn complete(id: CorrelationId, request: Request, next: Next) -> Response {
    let instance = request.uri().path().to_owned();
    let head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let problem = response
        .extensions_mut()
        .remove::<Problem>()
        .unwrap_or_else(|| keep_headers(response.headers(), problem::of_status(response.status())));
    let mut completed = problem.about(&instance, id.as_str()).into_response();
    if head {
        *completed.body_mut() = axum::body::Body::empty();
    }
    completed
}

/// Keeps what the answer below said beside its body.
fn keep_headers(from: &HeaderMap, problem: Problem) -> Problem {
    [ALLOW, RETRY_AFTER]
        .into_iter()
        .fold(problem, |problem, name| match from.get(&name) {
            Some(value) => problem.header(name, value.clone()),
            None => problem,
        })
}

async fn deadline(State(frame): State<Frame>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(frame.deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            kind::DEADLINE_EXCEEDED,
            format!(
                "nothing came of it in {} s: try again",
                frame.deadline.as_secs()
            ),
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

/// Counts and times requests by route template, never by path.
async fn measure(State(api): State<&'static str>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = known_method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [
        ("api", api.to_owned()),
        ("method", method.to_owned()),
        ("route", route),
        ("status", status),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels).record(started.elapsed());
    tracing::debug!(
        http.status = response.status().as_u16(),
        http.duration_ms = started.elapsed().as_millis() as u64,
        http.content_type = ?response.headers().get(CONTENT_TYPE),
        "answered"
    );
    response
}

fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
