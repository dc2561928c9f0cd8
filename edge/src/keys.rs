//! Who calls, and what they may do: machines by API keys, people by access tokens, both by one way to one [`Caller`].
//!
//! A key is `mm_<prefix>.<secret>`: the prefix is public and looked up, the secret is known by its SHA-256
//! alone. Both halves are random, so a fast hash is enough; scanners find leaks by
//! `mm_[0-9a-f]{16}\.[A-Za-z0-9_-]{43}`. Unknown, wrong and expired keys are answered alike.

mod credentials;
mod generate;
mod people;
#[cfg(test)]
mod tests;

pub use generate::{GeneratedKey, generate};
pub use mediamesh_domain::access::Scope;
pub use people::STALE_AFTER;

use crate::clock::Clock;
use crate::problem::{Problem, kind};
use crate::tokens::{Shown, Tokens};
use credentials::Credentials;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};
use mediamesh_domain::access::Rights;
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::CreateApiKey;
use mediamesh_domain::id::SourceId;
use mediamesh_ports::control::Control;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The actor that commands name.
    pub principal: Principal,
    /// What the caller may do.
    pub rights: Rights,
    /// The sources that a key may push to.
    pub sources: Vec<SourceId>,
    /// What a person's token says; none of keys.
    pub shown: Option<Shown>,
}

impl Caller {
    /// Whether the caller may do what a scope names; `admin` may do all.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.rights.may(scope)
    }

    /// Whether the key is bound to a source; `admin` is to all.
    #[must_use]
    pub fn may_push_to(&self, source: SourceId) -> bool {
        self.sources.contains(&source) || self.may(Scope::Admin)
    }

    /// Demands a scope.
    ///
    /// # Errors
    /// A 403 problem that names the scope.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.may(scope) {
            return Ok(());
        }
        let detail = format!("the scope {scope} is needed");
        let header =
            format!("Bearer realm=\"mediamesh\", error=\"insufficient_scope\", scope=\"{scope}\"");
        let mut problem = Problem::new(kind::FORBIDDEN, detail).code("scope_missing");
        if let Ok(value) = HeaderValue::from_str(&header) {
            problem = problem.header(WWW_AUTHENTICATE, value);
        }
        Err(problem)
    }
}

/// Tells who calls, by the keys and people that `control.events` knows. It asks nobody.
#[derive(Clone)]
pub struct Authenticator {
    control: Arc<dyn Control>,
    clock: Clock,
    tokens: Option<Tokens>,
}

impl Authenticator {
    /// An authenticator over the keys of a deployment.
    #[must_use]
    pub fn new(control: Arc<dyn Control>, clock: Clock) -> Self {
        Self {
            control,
            clock,
            tokens: None,
        }
    }

    /// One that knows people by their tokens too.
    #[must_use]
    pub fn with_tokens(self, tokens: Tokens) -> Self {
        Self {
            tokens: Some(tokens),
            ..self
        }
    }

    /// Who sends these headers.
    ///
    /// # Errors
    /// A 401 problem, the same for an absent, malformed, unknown, wrong, expired or revoked key or token; 503 for a
    /// person's token where it is not known whether it was revoked lately.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        match credentials::token(headers) {
            Some(token) => self.person(token),
            None => self.machine(headers),
        }
    }

    /// The key's caller.
    fn machine(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        let credentials = Credentials::of(headers);
        let state = self.control.current();
        let known = credentials
            .as_ref()
            .and_then(|given| state.api_keys.get(&given.prefix));
        // The same work is done where nothing is known, so that time does not tell either.
        let secret = credentials.as_ref().map_or("", |given| &given.secret);
        let matches = secret_matches(known, secret);
        let key = known.filter(|key| matches && !key.is_over((self.clock)()));
        key.map(caller).ok_or_else(unauthenticated)
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

fn caller(key: &CreateApiKey) -> Caller {
    Caller {
        principal: Principal::api_key(&key.prefix),
        rights: Rights::of_key(key),
        sources: key.sources.clone(),
        shown: None,
    }
}

/// SHA-256 of a key's secret half, as it is kept.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn unauthenticated() -> Problem {
    metrics::counter!("api_key_refusals_total").increment(1);
    Problem::new(
        kind::UNAUTHENTICATED,
        "send a valid API key or access token: Authorization: Bearer mm_<prefix>.<secret>",
    )
    .code("key_missing_or_invalid")
    .header(
        WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"mediamesh\""),
    )
}
