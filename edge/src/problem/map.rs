//! The one map from refusals and failures to problems.

use super::{Kind, Problem, kind};
use http::StatusCode;
use mediamesh_domain::position::NotAPosition;
use mediamesh_domain::verdict::{Refusal, RefusalKind};
use mediamesh_ports::{event_log, search_index, view_store};
use mediamesh_schemas::{DecodeError, EncodeError};

/// Seconds after which a client may try again what was away.
const RETRY_S: u64 = 2;

/// Seconds after which a client may try again what an operator must mend.
const RETRY_MENDED_S: u64 = 30;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.kind {
            RefusalKind::Invalid => kind::INVALID_FIELDS,
            RefusalKind::NotFound => kind::NOT_FOUND,
            RefusalKind::Conflict => kind::CONFLICT,
            RefusalKind::PreconditionFailed => kind::PRECONDITION_FAILED,
            RefusalKind::Forbidden => kind::FORBIDDEN,
            RefusalKind::IdempotencyMismatch => kind::IDEMPOTENCY_KEY_REUSED,
        };
        Self::new(kind, refusal.message)
            .code(&refusal.code)
            .errors(refusal.errors)
            .conflicts(refusal.conflicts)
            .current_version(refusal.current_version)
    }
}

impl From<event_log::Error> for Problem {
    fn from(error: event_log::Error) -> Self {
        tracing::warn!(error = %error, "the event log failed a request");
        match error {
            event_log::Error::Poisoned(_) => Self::new(
                kind::UNAVAILABLE,
                "nothing can be written until an operator has looked; nothing was taken",
            )
            .code("log_poisoned")
            .retry_after(RETRY_MENDED_S),
            event_log::Error::Transient(_)
            | event_log::Error::Fenced(..)
            | event_log::Error::Reassigned(_) => Self::new(
                kind::UNAVAILABLE,
                "the event log does not answer: try again",
            )
            .code("log_unavailable")
            .retry_after(RETRY_S),
            event_log::Error::Refused(_) | event_log::Error::Corrupt(_) => internal(),
        }
    }
}

impl From<view_store::Error> for Problem {
    fn from(error: view_store::Error) -> Self {
        tracing::warn!(error = %error, "the view store failed a request");
        match error {
            view_store::Error::Transient(_) => {
                Self::new(kind::UNAVAILABLE, "the views do not answer: try again")
                    .code("views_unavailable")
                    .retry_after(RETRY_S)
            }
            view_store::Error::Permanent(_) => internal(),
        }
    }
}

impl From<search_index::Error> for Problem {
    fn from(error: search_index::Error) -> Self {
        tracing::warn!(error = %error, "the search index failed a request");
        match error {
            search_index::Error::Transient(_) => {
                Self::new(kind::UNAVAILABLE, "the search does not answer: try again")
                    .code("search_unavailable")
                    .retry_after(RETRY_S)
            }
            search_index::Error::Permanent(_) => internal(),
        }
    }
}

impl From<EncodeError> for Problem {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::TooDeep { .. } => Self::invalid(
                "",
                "too_deep",
                "the body holds members inside members too deep: flatten it",
            ),
            EncodeError::Unfit { .. } => {
                tracing::error!(error = %error, "a record does not fit its schema");
                internal()
            }
        }
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        tracing::error!(error = %error, "a record cannot be read");
        internal()
    }
}

impl From<NotAPosition> for Problem {
    fn from(error: NotAPosition) -> Self {
        Self::new(kind::BAD_HEADER, format!("If-Position-At-Least is {error}")).code("bad_position")
    }
}

fn internal() -> Problem {
    Problem::new(
        kind::INTERNAL,
        "the request was not carried out; quote the trace_id when asking an operator",
    )
}

/// The problem behind a status that something below the handlers answered with.
pub(crate) fn of_status(status: StatusCode) -> Problem {
    let (kind, detail): (Kind, &'static str) = match status {
        StatusCode::UNAUTHORIZED => (kind::UNAUTHENTICATED, "send an API key"),
        StatusCode::FORBIDDEN => (kind::FORBIDDEN, "this is not allowed"),
        StatusCode::NOT_FOUND => (
            kind::NO_SUCH_ROUTE,
            "check the address: /openapi.json lists all there are",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            kind::METHOD_NOT_ALLOWED,
            "the Allow header lists the methods of this address",
        ),
        StatusCode::NOT_ACCEPTABLE => (kind::NOT_ACCEPTABLE, "accept application/json"),
        StatusCode::REQUEST_TIMEOUT => (kind::REQUEST_TIMEOUT, "send the request again"),
        StatusCode::PAYLOAD_TOO_LARGE => (kind::CONTENT_TOO_LARGE, "send less in one request"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (kind::UNSUPPORTED_MEDIA_TYPE, "send application/json")
        }
        StatusCode::TOO_MANY_REQUESTS => (kind::QUOTA_EXCEEDED, "wait a moment"),
        StatusCode::SERVICE_UNAVAILABLE => (kind::UNAVAILABLE, "try again"),
        other if other.is_client_error() => (kind::BAD_REQUEST, "check the request"),
        _ => return internal(),
    };
    Problem::new(kind, detail)
}
