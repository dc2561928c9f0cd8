//! Rate limits: how often one address may ask an API in a minute.
//!
//! What is left is said with every answer, in the fields of the draft "RateLimit header fields for HTTP" (IETF httpapi,
//! draft 11): `RateLimit-Policy: "read";q=600;w=60` and `RateLimit: "read";r=599;t=1`.

use crate::problem::{Problem, kind};
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use mediamesh_ports::rate_limits::{Decision, NoQuota, Quota, RateLimits};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The time over which requests are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// The header that tells the quota.
pub(crate) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// The header that tells what is left of it.
pub(crate) const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// How often an address may ask, and who counts; cheap to clone.
#[derive(Clone)]
pub struct Limit(Arc<Inner>);

struct Inner {
    name: &'static str,
    per_minute: u32,
    quota: Quota,
    proxies: usize,
    limits: Arc<dyn RateLimits>,
}

impl Limit {
    /// So many requests a minute, also all at once. `proxies` of ours stand before this process, and each adds the address
    /// that it was asked by to `X-Forwarded-For`; what stands before theirs is anybody's word.
    ///
    /// # Errors
    /// [`NoQuota`] where the number is 0.
    pub fn new(
        name: &'static str,
        per_minute: u32,
        proxies: usize,
        limits: Arc<dyn RateLimits>,
    ) -> Result<Self, NoQuota> {
        Ok(Self(Arc::new(Inner {
            name,
            per_minute,
            quota: Quota::new(per_minute, WINDOW)?,
            proxies,
            limits,
        })))
    }

    /// The bucket of a request's caller; none where it is not counted.
    pub(crate) fn bucket(&self, request: &Request) -> Option<String> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.filter(|_| request.method() != Method::OPTIONS)?;
        let caller = caller(request.headers(), peer.0.ip(), self.0.proxies);
        Some(format!("{}/{caller}", self.0.name))
    }

    /// Takes one request of a bucket; none where nobody can count.
    ///
    /// # Errors
    /// A 429 problem that says when to come again.
    pub(crate) async fn take(&self, bucket: &str) -> Result<Option<Decision>, Problem> {
        match self.0.limits.take(bucket, 1, &self.0.quota).await {
            Ok(decision) if !decision.allowed => Err(self.refusal(&decision)),
            Ok(decision) => Ok(Some(decision)),
            // An API is not shut because nobody can count.
            Err(_) => Ok(None),
        }
    }

    fn refusal(&self, decision: &Decision) -> Problem {
        let wait = decision.retry_after.map_or(WINDOW.as_secs(), seconds);
        let per_minute = self.0.per_minute;
        metrics::counter!("http_rate_limited_total", "api" => self.0.name).increment(1);
        let problem = Problem::new(
            kind::QUOTA_EXCEEDED,
            format!(
                "{per_minute} requests a minute are taken from one address: come again in {wait} s"
            ),
        )
        .code("quota_exceeded")
        .retry_after(wait.max(1));
        let fields = self.fields(decision).into_iter();
        fields.fold(problem, |problem, (name, value)| {
            problem.header(name, value)
        })
    }

    /// Says in an answer what is left.
    pub(crate) fn mark(&self, decision: &Decision, response: &mut Response) {
        response.headers_mut().extend(self.fields(decision));
    }

    fn fields(&self, decision: &Decision) -> Vec<(HeaderName, HeaderValue)> {
        let (name, q, w) = (self.0.name, self.0.per_minute, WINDOW.as_secs());
        let (r, t) = (decision.remaining, seconds(decision.reset));
        let fields = [
            (POLICY, format!("\"{name}\";q={q};w={w}")),
            (LEFT, format!("\"{name}\";r={r};t={t}")),
        ];
        let readable = |(name, text): (HeaderName, String)| Some((name, text.parse().ok()?));
        fields.into_iter().filter_map(readable).collect()
    }
}

/// Middleware: a request is answered where its address has not asked too often. For routes that take less than the API
/// around them. Use with [`axum::middleware::from_fn_with_state`].
pub async fn guard(State(limit): State<Limit>, request: Request, next: Next) -> Response {
    let refused = match limit.bucket(&request) {
        Some(bucket) => limit.take(&bucket).await.err(),
        None => None,
    };
    match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_millis()
        .div_ceil(1_000)
        .try_into()
        .unwrap_or(u64::MAX)
}

/// Who asks: the address that the outermost of our proxies saw. Of IPv6 the network counts, for who has one address has
/// all of its network.
fn caller(headers: &HeaderMap, peer: IpAddr, proxies: usize) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let forwarded = forwarded.filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let outermost = named.len().checked_sub(proxies).filter(|_| proxies > 0);
    let seen = outermost.and_then(|n| named.get(n)?.trim().parse().ok());
    match seen.unwrap_or(peer) {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| {
            let name = HeaderName::from_static("x-forwarded-for");
            (name, HeaderValue::from_str(value).unwrap())
        });
        values.collect()
    }

    #[test]
    fn the_caller_is_whom_our_outermost_proxy_saw() {
        let peer: IpAddr = "10.0.0.9".parse().unwrap();
        let of = |values: &[&str], proxies| caller(&headers(values), peer, proxies).to_string();
        assert_eq!(
            of(&["203.0.113.7"], 0),
            "10.0.0.9",
            "no proxy of ours said so"
        );
        assert_eq!(of(&["203.0.113.7"], 1), "203.0.113.7");
        assert_eq!(
            of(&["192.0.2.1, 203.0.113.7"], 1),
            "203.0.113.7",
            "the first is a claim"
        );
        assert_eq!(of(&["203.0.113.7, 10.0.0.1"], 2), "203.0.113.7");
        assert_eq!(of(&["203.0.113.7"], 2), "10.0.0.9");
        assert_eq!(of(&["nobody"], 1), "10.0.0.9");
        assert_eq!(of(&["2001:db8:1:2:3:4:5:6"], 1), "2001:db8:1:2::");
    }

    #[test]
    fn times_are_told_in_whole_seconds_and_never_too_early() {
        assert_eq!(seconds(Duration::ZERO), 0);
        assert_eq!(seconds(Duration::from_millis(1)), 1);
        assert_eq!(seconds(Duration::from_millis(2_000)), 2);
    }
}
