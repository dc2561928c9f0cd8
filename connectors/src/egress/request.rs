//! What a caller asks for.

use std::fmt;
use std::time::Duration;

use super::vet::parse;

/// A GET of one URL, conditional where validators of an earlier answer are given.
#[derive(Clone, Default)]
pub struct Request {
    /// The address, as its source has it.
    pub url: String,
    /// The `ETag` of the answer that the caller still has; sent as `If-None-Match`.
    pub etag: Option<String>,
    /// The `Last-Modified` of that answer; sent as `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// The `Accept` header; none sends `*/*`.
    pub accept: Option<String>,
    /// More headers, such as `Authorization`; not sent on to another origin by a redirect.
    pub headers: Vec<(String, Secret)>,
    /// A lower limit for the body than the policy's, in bytes after decompression.
    pub max_bytes: Option<u64>,
    /// A shorter time for everything than the policy's.
    pub deadline: Option<Duration>,
}

impl Request {
    /// An unconditional request for `url`.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }
}

/// Shows neither the values of headers nor what follows the host in the URL: private feeds carry
/// their keys there.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = parse(&self.url).map(|url| url.origin().ascii_serialization());
        f.debug_struct("Request")
            .field("origin", &origin.as_deref().unwrap_or("unreadable"))
            .field("etag", &self.etag)
            .field("last_modified", &self.last_modified)
            .field("accept", &self.accept)
            .field("headers", &self.headers)
            .field("max_bytes", &self.max_bytes)
            .field("deadline", &self.deadline)
            .finish()
    }
}

/// A header's value that no log line or error shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, to be sent and nothing else.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_secret() {
        let mut request = Request::get("https://example.org/private/k3y/feed?token=t0ken");
        let value = Secret::new("Bearer pa55");
        request.headers.push(("authorization".into(), value));
        let shown = format!("{request:?} {:#?}", request.clone());
        assert!(shown.contains("https://example.org"), "{shown}");
        assert!(shown.contains("authorization"), "{shown}");
        for secret in ["k3y", "t0ken", "pa55"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
