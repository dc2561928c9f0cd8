//! The client itself: one request, its redirects, its body, one deadline.
//!
//! Redirects are followed here and not by the HTTP stack, so that each hop is vetted like the
//! first. Knows nothing of retries and breakers.

mod build;
mod hop;
mod transport;

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;
use url::Url;

pub use self::build::BuildError;
use self::hop::Hop;
use super::Fetch;
use super::answer::{Fetched, Head};
use super::body::{self, BodyLimits};
use super::error::Error;
use super::policy::Policy;
use super::request::{Request, without_parameters};
use super::resolve::{Resolve, SystemDns, Vet};
use super::vet;

/// Fetches within a [`Policy`]; one attempt, no retry.
pub struct Client {
    policy: Policy,
    /// Connects to vetted addresses only.
    public: reqwest::Client,
    /// Connects anywhere; used for the policy's listed origins and nothing else. Its connections
    /// are apart, so that none can be taken for a vetted one.
    listed: reqwest::Client,
}

impl Client {
    /// A client that asks the system's resolver.
    ///
    /// # Errors
    /// [`BuildError`] where TLS or the HTTP client cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, BuildError> {
        Self::with_resolver(policy, Arc::new(SystemDns))
    }

    /// A client that asks `resolver`.
    ///
    /// # Errors
    /// [`BuildError`] where TLS or the HTTP client cannot be set up.
    pub fn with_resolver(policy: Policy, resolver: Arc<dyn Resolve>) -> Result<Self, BuildError> {
        Self::with_vet(policy, resolver, vet::address)
    }

    /// Tests pass a `vet` of their own to have a "public" server on this machine.
    pub(super) fn with_vet(
        policy: Policy,
        resolver: Arc<dyn Resolve>,
        vet: Vet,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            public: build::http(&policy, Arc::clone(&resolver), vet)?,
            listed: build::http(&policy, resolver, |_| Ok(()))?,
            policy,
        })
    }

    async fn follow(&self, request: &Request) -> Result<Fetched, Error> {
        let mut hop = Hop::first(request, &self.policy)?;
        loop {
            let response = self.send(&hop, request).await?;
            match location(&response)? {
                Some(_) if request.form.is_some() => {
                    return Err(Error::TooManyRedirects { max: 0 });
                }
                Some(location) => hop = hop.next(response.status(), location, &self.policy)?,
                None => return self.take(hop, request, response).await,
            }
        }
    }

    async fn send(&self, hop: &Hop, request: &Request) -> Result<Response, Error> {
        let client = match hop.listed {
            true => &self.listed,
            false => &self.public,
        };
        let headers = build::headers(request, hop.with_secrets)?;
        let ready = match &request.form {
            None => client.get(hop.url.clone()).headers(headers),
            Some(form) => client
                .post(hop.url.clone())
                .headers(headers)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(build::form(form)),
        };
        ready
            .send()
            .await
            .map_err(|error| transport::error(error, &self.policy))
    }

    async fn take(
        &self,
        hop: Hop,
        request: &Request,
        response: Response,
    ) -> Result<Fetched, Error> {
        let status = response.status();
        let head = Head::read(response.headers());
        let permanent_url = hop.permanent.map(|url| shown(url, request));
        let conditional = request.etag.is_some() || request.last_modified.is_some();
        if status == StatusCode::NOT_MODIFIED && conditional {
            return Ok(Fetched::NotModified {
                permanent_url,
                max_age_s: head.max_age_s,
            });
        }
        let told = request.keeps_refusals && matches!(status.as_u16(), 400 | 401 | 403 | 404);
        if !status.is_success() && !told {
            return Err(Error::Status {
                code: status.as_u16(),
                retry_after_s: head.retry_after_s,
            });
        }
        let limits = BodyLimits::new(&self.policy, request.max_bytes);
        check_announced(response.headers(), limits.max_bytes)?;
        let stream = futures::StreamExt::map(response.bytes_stream(), |chunk| {
            chunk.map_err(|error| transport::error(error, &self.policy))
        });
        Ok(Fetched::Body {
            bytes: body::read(stream, limits).await?,
            final_url: shown(hop.url, request),
            permanent_url,
            etag: head.etag,
            last_modified: head.last_modified,
            links: head.links,
            content_type: head.content_type,
            max_age_s: head.max_age_s,
            retry_after_s: head.retry_after_s,
            status: status.as_u16(),
        })
    }
}

#[async_trait]
impl Fetch for Client {
    async fn fetch(&self, request: Request) -> Result<Fetched, Error> {
        let longest = self.policy.deadline;
        let after = request.deadline.map_or(longest, |own| own.min(longest));
        timeout(after, self.follow(&request))
            .await
            .unwrap_or(Err(Error::Timeout { after }))
    }
}

/// An address as it may be shown: without what the request added secretly, also where a redirect
/// repeats it.
fn shown(url: Url, request: &Request) -> String {
    without_parameters(url, &request.query).into()
}

/// Where a redirect points; `None` where the answer is not a redirect.
fn location(response: &Response) -> Result<Option<&str>, Error> {
    let code = response.status().as_u16();
    if !matches!(code, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
    match location.map(std::str::from_utf8) {
        Some(Ok(location)) => Ok(Some(location)),
        _ => Err(Error::BadRedirect { code }),
    }
}

/// Gives up early on a body that says it is too long, or is in a compression nobody undid (the
/// HTTP stack takes these headers away where it decompresses).
fn check_announced(headers: &HeaderMap, max_bytes: u64) -> Result<(), Error> {
    let encodings = headers.get_all(CONTENT_ENCODING);
    let plain = |value: &HeaderValue| value.is_empty() || value == "identity";
    if !encodings.iter().all(plain) {
        return Err(Error::Encoding);
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    match length.and_then(|value| value.trim().parse::<u64>().ok()) {
        Some(length) if length > max_bytes => Err(body::too_large(max_bytes)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
