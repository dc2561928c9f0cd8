//! JSON bodies: their media type, their syntax and their shape, each with its own problem.

mod pointer;
#[cfg(test)]
mod tests;

use crate::problem::{Problem, kind};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use pointer::pointer;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The media types that a body may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// `application/json`.
    Json,
    /// `application/merge-patch+json` (RFC 7396) or `application/json`.
    MergePatch,
    /// `application/json`, or no body at all, which reads as `{}`.
    JsonOrNothing,
}

/// A body as it came, within the router's limit of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    bytes: Bytes,
    media_type: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
                Problem::new(kind::CONTENT_TOO_LARGE, "send less in one request")
                    .code("body_too_large")
            } else {
                Problem::new(kind::BAD_REQUEST, "the body ended before it was complete")
                    .code("body_incomplete")
            }
        })?;
        Ok(Self { bytes, media_type })
    }
}

impl Body {
    /// The bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes: what an Idempotency-Key was used for.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }

    /// The body as a `T`.
    ///
    /// # Errors
    /// A problem: 415 for another media type, 400 for what is not JSON, 422 with the field's pointer for what
    /// is not the shape of `T` (give it `deny_unknown_fields`).
    pub fn parse<T: DeserializeOwned>(&self, takes: Takes) -> Result<T, Problem> {
        let mut bytes: &[u8] = &self.bytes;
        if takes == Takes::JsonOrNothing && bytes.trim_ascii().is_empty() {
            bytes = b"{}";
        } else {
            self.check_media_type(takes)?;
        }
        check_object(bytes)?;
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let at = pointer(error.path());
            refused(&at, &error.into_inner())
        })?;
        json.end().map_err(|error| malformed(&error))?;
        Ok(value)
    }

    fn check_media_type(&self, takes: Takes) -> Result<(), Problem> {
        let given = self.media_type.as_deref();
        let fits = match takes {
            Takes::Json | Takes::JsonOrNothing => given == Some("application/json"),
            Takes::MergePatch => matches!(
                given,
                Some("application/merge-patch+json" | "application/json")
            ),
        };
        if fits {
            return Ok(());
        }
        let (header, accepted) = match takes {
            Takes::Json | Takes::JsonOrNothing => ("accept-post", "application/json"),
            Takes::MergePatch => (
                "accept-patch",
                "application/merge-patch+json, application/json",
            ),
        };
        Err(Problem::new(
            kind::UNSUPPORTED_MEDIA_TYPE,
            format!("set Content-Type to {accepted}"),
        )
        .code("unsupported_media_type")
        .header(
            HeaderName::from_static(header),
            HeaderValue::from_static(accepted),
        ))
    }
}

/// A JSON value as a `T`.
///
/// # Errors
/// A 422 problem with the pointer of what is not the shape of `T`.
pub fn shape<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let at = pointer(error.path());
        refused(&at, &error.into_inner())
    })
}

/// The media type without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    Some(essence.to_ascii_lowercase())
}

/// Structs would also be read from JSON arrays, member by member in their order; nobody means that.
fn check_object(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(());
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
    Err(Problem::invalid(
        "",
        "wrong_shape",
        "the body is a JSON object",
    ))
}

fn refused(pointer: &str, error: &serde_json::Error) -> Problem {
    if error.is_data() {
        let message = without_place(error);
        let code = if message.starts_with("unknown field") {
            "unknown_field"
        } else {
            "wrong_shape"
        };
        return Problem::invalid(pointer, code, message);
    }
    malformed(error)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!(
        "the body is not JSON at line {}, column {}: {}; mend it there",
        error.line(),
        error.column(),
        without_place(error)
    );
    Problem::new(kind::MALFORMED_JSON, detail).code("malformed_json")
}

/// What serde_json says, without the place that it adds at the end.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}
