//! The key or token in a request's headers.

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The longest key that is looked at, in bytes.
const LONGEST: usize = 256;

/// The two halves of a key as a request brings them.
pub(super) struct Credentials {
    pub prefix: String,
    pub secret: String,
}

impl Credentials {
    /// The key of `Authorization: Bearer`, else of `X-Api-Key`; none where it is absent or has another shape.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let key = match headers.get(AUTHORIZATION) {
            Some(value) => bearer(value.to_str().ok()?)?,
            None => headers.get("x-api-key")?.to_str().ok()?.trim(),
        };
        if key.len() > LONGEST {
            return None;
        }
        let (prefix, secret) = key.strip_prefix("mm_")?.split_once('.')?;
        (!prefix.is_empty() && !secret.is_empty()).then(|| Self {
            prefix: prefix.to_owned(),
            secret: secret.to_owned(),
        })
    }
}

/// The access token of `Authorization: Bearer`: whatever has two dots, which no key has.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let token = bearer(headers.get(AUTHORIZATION)?.to_str().ok()?)?;
    (token.matches('.').count() == 2).then_some(token)
}

/// The token of the scheme `Bearer`, in any case (RFC 9110 section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}
