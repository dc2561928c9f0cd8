//! Security headers that every answer carries.

use axum::response::Response;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What JSON may load and who may frame it: nothing and nobody.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Whether a request brings a key.
pub(crate) fn bring_a_key(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || headers.contains_key("x-api-key")
}

/// Sets what a handler did not set itself; what was asked with a key, and what failed, is never stored.
pub(crate) fn finish(response: &mut Response, with_key: bool) {
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    if with_key || failed {
        headers.insert(CACHE_CONTROL, NO_STORE);
    }
    let defaults: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_SECURITY_POLICY, NOTHING),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        ),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(value);
    }
}
