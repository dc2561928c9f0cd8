//! Sets up the HTTP stack, and the headers of a request.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use reqwest::redirect;

use super::super::policy::Policy;
use super::super::request::{Request, Secret};
use super::super::resolve::{Resolve, Vet, Vetted};
use super::super::vet::Refused;

/// How we introduce ourselves; some hosts refuse clients without a name.
const USER_AGENT: &str = concat!("MediaMesh/", env!("CARGO_PKG_VERSION"));

/// Headers that are the HTTP stack's business, or would make the host of the URL untrue.
const RESERVED: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// TLS or the HTTP client could not be set up: a fault of the build, not of a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The TLS library takes no protocol version.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP client takes no such settings.
    #[error("the HTTP client cannot be set up")]
    Http(#[from] reqwest::Error),
}

/// An HTTP client that follows nothing, remembers nothing and connects by `vet` alone.
pub(super) fn http(
    policy: &Policy,
    resolver: Arc<dyn Resolve>,
    vet: Vet,
) -> Result<reqwest::Client, BuildError> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .dns_resolver(Vetted { resolver, vet })
        // A proxy of the environment would resolve names where nobody vets the answers.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(USER_AGENT)
        .connect_timeout(policy.connect_timeout)
        .pool_max_idle_per_host(2)
        .pool_idle_timeout(Duration::from_secs(30))
        .build()?;
    Ok(client)
}

/// The provider is passed here and not installed for the process, so that nothing depends on
/// what else has started before.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The headers of a request; the caller's own only `with_secrets`.
pub(super) fn headers(request: &Request, with_secrets: bool) -> Result<HeaderMap, Refused> {
    let mut map = HeaderMap::new();
    for (name, value) in [
        (ACCEPT, &request.accept),
        (IF_NONE_MATCH, &request.etag),
        (IF_MODIFIED_SINCE, &request.last_modified),
    ] {
        if let Some(value) = value {
            let refused = |_| Refused::Header(name.to_string());
            map.insert(name.clone(), HeaderValue::from_str(value).map_err(refused)?);
        }
    }
    if !with_secrets {
        return Ok(map);
    }
    for (text, value) in &request.headers {
        let refused = || Refused::Header(text.clone());
        let name = HeaderName::from_bytes(text.as_bytes()).map_err(|_| refused())?;
        if RESERVED.contains(&name.as_str()) {
            return Err(refused());
        }
        let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| refused())?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

/// A form's body.
pub(super) fn form(fields: &[(String, Secret)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        body.append_pair(name, value.reveal());
    }
    body.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Request {
        Request {
            headers: vec![(name.into(), Secret::new(value))],
            ..Request::get("https://example.org/")
        }
    }

    #[test]
    fn a_header_that_splits_or_lies_is_refused_without_its_value() {
        for (name, value) in [
            ("x-key", "pa55\r\nhost: evil"),
            ("x-key", "pa55\n"),
            ("x-key", "pa55\0"),
            ("x key", "pa55"),
            ("", "pa55"),
            ("Host", "pa55.example"),
            ("Transfer-Encoding", "pa55"),
        ] {
            let refused = headers(&with(name, value), true).unwrap_err();
            assert!(
                !format!("{refused} {refused:?}").contains("pa55"),
                "{refused}"
            );
        }
    }

    #[test]
    fn secret_headers_are_sensitive_and_stay_behind_when_told() {
        let request = with("Authorization", "Bearer pa55");
        let sent = headers(&request, true).unwrap();
        assert_eq!(sent["authorization"], "Bearer pa55");
        assert!(!format!("{sent:?}").contains("pa55"));
        assert!(headers(&request, false).unwrap().is_empty());
    }
}
