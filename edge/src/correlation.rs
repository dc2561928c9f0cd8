//! Correlation ids: one short text that ties the log lines, records and answers of a request together.
//!
//! A caller may bring one (`X-Correlation-Id`, else the trace id of `traceparent`); what is not plain and short
//! is replaced, because it ends in log lines and record headers.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use tracing::Span;

use crate::ids::Ids;

/// The header that carries it, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The longest that is taken from outside, in bytes.
const LONGEST: usize = 64;

/// A request's correlation id: 1 to 64 visible ASCII characters. Handlers extract it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// The id in a text, where it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (plain && (1..=LONGEST).contains(&text.len())).then(|| Self(text.into()))
    }

    /// The id that a request brings.
    #[must_use]
    pub fn of_headers(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        text(&HEADER)
            .and_then(Self::parse)
            .or_else(|| text(&TRACEPARENT).and_then(trace_id))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CorrelationId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let brought = parts.extensions.get::<Self>().cloned();
        Ok(brought.unwrap_or_else(|| Self("none".into())))
    }
}

/// The trace id of a `traceparent` (W3C Trace Context, version 00): 32 hex digits, not all zero.
fn trace_id(traceparent: &str) -> Option<CorrelationId> {
    let mut parts = traceparent.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let (parent, flags) = (parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let well_formed = version == "00" && parts.next().is_none() && hex(parent, 16) && hex(flags, 2);
    let named = |text: &str| text.bytes().any(|b| b != b'0');
    (well_formed && hex(trace, 32) && named(trace) && named(parent))
        .then(|| CorrelationId(trace.into()))
}

/// The id that a request brings, or one made for it.
pub(crate) fn of(headers: &HeaderMap, ids: &Ids) -> CorrelationId {
    CorrelationId::of_headers(headers).unwrap_or_else(|| CorrelationId(ids().to_string().into()))
}

/// The span of a request: its log lines carry the id.
pub(crate) fn span(id: &CorrelationId, method: &Method) -> Span {
    tracing::info_span!("request", correlation_id = %id, method = %method)
}

/// Puts the id on the answer.
pub(crate) fn mark(response: &mut Response, id: &CorrelationId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &'static str, value: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        )]);
        CorrelationId::of_headers(&headers).map(|id| id.0.to_string())
    }

    #[test]
    fn a_plain_short_id_is_kept() {
        assert_eq!(of("x-correlation-id", "order-17"), Some("order-17".into()));
    }

    #[test]
    fn what_could_forge_a_log_line_is_dropped() {
        for text in ["", "a b", "caf\u{e9}", "\u{202e}x", &"x".repeat(65)] {
            assert_eq!(CorrelationId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_trace_id_of_a_valid_traceparent_is_taken() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(
            of("traceparent", valid),
            Some("4bf92f3577b34da6a3ce929d0e0e4736".into())
        );
        for invalid in [
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(of("traceparent", invalid), None, "{invalid}");
        }
    }
}
