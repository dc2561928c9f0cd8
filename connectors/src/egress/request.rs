//! What a caller asks for.

use std::fmt;
use std::time::Duration;

use url::Url;

use super::vet::parse;

/// A GET of one URL, conditional where validators of an earlier answer are given; a POST where
/// there is a form.
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
    /// Parameters that are added to the URL's query and shown nowhere; like the headers they stay
    /// on their origin.
    pub query: Vec<(String, Secret)>,
    /// Sent as an HTML form by POST, which no redirect is followed from.
    pub form: Option<Vec<(String, Secret)>>,
    /// The address of the document that named this one: what the operator lists counts only where
    /// that one is listed too. Absent: a person named it.
    pub named_by: Option<String>,
    /// Whether a refusal (400, 401, 403, 404) is given with its body, as any other answer.
    pub keeps_refusals: bool,
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
            .field("query", &self.query)
            .field("form", &self.form.is_some())
            .field("max_bytes", &self.max_bytes)
            .field("deadline", &self.deadline)
            .finish()
    }
}

/// A value that no log line or error shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, to be sent or looked for and nothing else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A URL without the parameters of these names.
pub(crate) fn without_parameters(mut url: Url, parameters: &[(String, Secret)]) -> Url {
    let secret = |name: &str| parameters.iter().any(|(secret, _)| secret == name);
    if parameters.is_empty() || !url.query_pairs().any(|(name, _)| secret(&name)) {
        return url;
    }
    let kept: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| !secret(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_parameters_are_taken_out_of_an_address() {
        let secret = [("key".to_owned(), Secret::new("s3cret"))];
        for (url, expected) in [
            ("https://a.org/f?key=s3cret", "https://a.org/f"),
            (
                "https://a.org/f?page=2&key=x&x=y",
                "https://a.org/f?page=2&x=y",
            ),
            ("https://a.org/f?page=2%20", "https://a.org/f?page=2%20"),
        ] {
            let url = without_parameters(Url::parse(url).unwrap(), &secret);
            assert_eq!(url.as_str(), expected);
        }
    }

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
