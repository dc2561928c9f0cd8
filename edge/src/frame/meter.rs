//! Counts and times requests by route template, never by path.

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use metrics::{Counter, Histogram};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

/// Measures the requests of one API.
///
/// The counters of a route are looked up in the recorder once and then kept: there are as many as there are
/// routes, methods and statuses.
pub(super) struct Meter {
    api: &'static str,
    known: RwLock<HashMap<Kind, Handles>>,
}

/// A request that is being measured.
pub(super) struct Timing {
    started: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
}

/// Requests that are counted together.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    method: &'static str,
    status: StatusCode,
    route: String,
}

#[derive(Clone)]
struct Handles {
    requests: Counter,
    duration: Histogram,
}

impl Meter {
    pub(super) fn new(api: &'static str) -> Self {
        Self {
            api,
            known: RwLock::default(),
        }
    }

    pub(super) fn begin(&self, request: &Request) -> Timing {
        Timing {
            started: Instant::now(),
            method: known_method(request.method()),
            route: request.extensions().get::<MatchedPath>().cloned(),
        }
    }

    pub(super) fn end(&self, timing: Timing, response: &Response) {
        let took = timing.started.elapsed();
        let handles = self.handles(&timing, response.status());
        handles.requests.increment(1);
        handles.duration.record(took);
        tracing::debug!(
            http.status = response.status().as_u16(),
            http.duration_ms = took.as_millis() as u64,
            http.content_type = ?response.headers().get(CONTENT_TYPE),
            "answered"
        );
    }

    fn handles(&self, timing: &Timing, status: StatusCode) -> Handles {
        let kind = Kind {
            method: timing.method,
            status,
            route: timing
                .route
                .as_ref()
                .map_or("none", MatchedPath::as_str)
                .to_owned(),
        };
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(handles) = known.get(&kind) {
            return handles.clone();
        }
        drop(known);
        let handles = self.register(&kind);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(kind, handles.clone());
        handles
    }

    fn register(&self, kind: &Kind) -> Handles {
        let labels = [
            ("api", self.api.to_owned()),
            ("method", kind.method.to_owned()),
            ("route", kind.route.clone()),
            ("status", kind.status.as_str().to_owned()),
        ];
        Handles {
            requests: metrics::counter!("http_requests_total", &labels),
            duration: metrics::histogram!("http_request_duration_seconds", &labels),
        }
    }
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
