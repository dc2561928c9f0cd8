//! API keys: who calls, and what they may do.
//!
//! A key is `mm_<prefix>.<secret>`: the prefix is public and looked up, the secret is known by its SHA-256
//! alone. Both halves are random, so a fast hash is enough; scanners find leaks by
//! `mm_[0-9a-f]{16}\.[A-Za-z0-9_-]{43}`. Unknown, wrong and expired keys are answered alike.

mod credentials;
mod generate;
mod scope;
#[cfg(test)]
mod tests;

pub use generate::{GeneratedKey, generate};
pub use scope::Scope;

use crate::clock::Clock;
use crate::problem::{Problem, kind};
use credentials::Credentials;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::CreateApiKey;
use mediamesh_domain::id::SourceId;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::control::Control;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The actor that commands name.
    pub principal: Principal,
    /// What the key may do.
    pub scopes: Vec<Scope>,
    /// The sources that it may push to.
    pub sources: Vec<SourceId>,
}

impl Caller {
    /// Whether the key may do what a scope names; `admin` may do all.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }

    /// Whether the key is bound to a source; `admin` is to all.
    #[must_use]
    pub fn may_push_to(&self, source: SourceId) -> bool {
        self.sources.contains(&source) || self.scopes.contains(&Scope::Admin)
    }

    /// Demands a scope.
    ///
    /// # Errors
    /// A 403 problem that names the scope.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.may(scope) {
            return Ok(());
        }
        let detail = format!("the key needs the scope {scope}");
        let header =
            format!("Bearer realm=\"mediamesh\", error=\"insufficient_scope\", scope=\"{scope}\"");
        let mut problem = Problem::new(kind::FORBIDDEN, detail).code("scope_missing");
        if let Ok(value) = HeaderValue::from_str(&header) {
            problem = problem.header(WWW_AUTHENTICATE, value);
        }
        Err(problem)
    }
}

/// Tells who calls, by the keys that `control.events` knows.
#[derive(Clone)]
pub struct Authenticator {
    control: Arc<dyn Control>,
    clock: Clock,
}

impl Authenticator {
    /// An authenticator over the keys of a deployment.
    #[must_use]
    pub fn new(control: Arc<dyn Control>, clock: Clock) -> Self {
        Self { control, clock }
    }

    /// Who sends these headers.
    ///
    /// # Errors
    /// A 401 problem, the same for an absent, malformed, unknown, wrong, expired or revoked key.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        let credentials = Credentials::of(headers);
        let state = self.control.current();
        let known = credentials
            .as_ref()
            .and_then(|given| state.api_keys.get(&given.prefix));
        // The same work is done where nothing is known, so that time does not tell either.
        let secret = credentials.as_ref().map_or("", |given| &given.secret);
        let matches = secret_matches(known, secret);
        let key = known.filter(|key| matches && !is_expired(key, (self.clock)()));
        key.map(caller).ok_or_else(|| {
            metrics::counter!("api_key_refusals_total").increment(1);
            unauthenticated()
        })
    }

    /// Who sends these headers, where they may do what a scope names.
    ///
    /// # Errors
    /// As [`Authenticator::caller`] and [`Caller::require`].
    pub fn caller_with(&self, headers: &HeaderMap, scope: Scope) -> Result<Caller, Problem> {
        let caller = self.caller(headers)?;
        caller.require(scope)?;
        Ok(caller)
    }
}

fn secret_matches(known: Option<&CreateApiKey>, secret: &str) -> bool {
    const NOBODY: [u8; 32] = [0; 32];
    let expected = known.map_or(NOBODY.as_slice(), |key| key.secret_hash.as_slice());
    let equal = hash(secret).as_slice().ct_eq(expected);
    known.is_some() && bool::from(equal)
}

fn is_expired(key: &CreateApiKey, now: Timestamp) -> bool {
    key.expires_at.is_some_and(|end| end <= now)
}

fn caller(key: &CreateApiKey) -> Caller {
    Caller {
        principal: Principal::api_key(&key.prefix),
        // A scope that this build does not know gives nothing.
        scopes: key.scopes.iter().filter_map(|s| s.parse().ok()).collect(),
        sources: key.sources.clone(),
    }
}

/// SHA-256 of a key's secret half, as it is kept.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn unauthenticated() -> Problem {
    Problem::new(
        kind::UNAUTHENTICATED,
        "send a valid API key: Authorization: Bearer mm_<prefix>.<secret>",
    )
    .code("key_missing_or_invalid")
    .header(
        WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"mediamesh\""),
    )
}
