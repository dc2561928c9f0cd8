//! The one client for all outgoing HTTP: feeds, images, webhooks' checks, keys of other services.
//!
//! Addresses come from people and from pages, so each is taken as hostile: [`vet`] judges the URL,
//! every address that its name resolves to, and every redirect; [`Client`] connects to vetted
//! addresses only, reads bounded bodies and keeps one deadline. [`Retry`] and [`Breaker`] add
//! policy around the same trait. Knows nothing of feeds, sources or schedules.

mod answer;
mod body;
mod breaker;
mod client;
mod error;
mod policy;
mod request;
mod resolve;
mod retry;
#[cfg(test)]
mod testing;
pub mod vet;

use std::sync::Arc;

use async_trait::async_trait;

pub use answer::Fetched;
pub use breaker::{Breaker, BreakerLimits};
pub use client::{BuildError, Client};
pub use error::{Error, Kind, Trouble};
pub use policy::{BadOrigin, Origin, Policy};
pub(crate) use request::without_parameters;
pub use request::{Request, Secret};
pub use resolve::{Resolve, SystemDns};
pub use retry::{Retry, RetryLimits};
pub use vet::Refused;

/// Asks for one resource over HTTP.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Sends the request, follows its redirects and reads the body.
    ///
    /// # Errors
    /// [`Error`]; [`Error::kind`] says who must act.
    async fn fetch(&self, request: Request) -> Result<Fetched, Error>;
}

#[async_trait]
impl<F: Fetch + ?Sized> Fetch for Arc<F> {
    async fn fetch(&self, request: Request) -> Result<Fetched, Error> {
        (**self).fetch(request).await
    }
}

/// The client as the process uses it: a [`Client`] inside a [`Breaker`] inside a [`Retry`], all
/// within the policy's deadline. `seed` seeds the retries' jitter.
///
/// # Errors
/// [`BuildError`] where TLS or the HTTP client cannot be set up.
pub fn standard(policy: Policy, seed: u64) -> Result<Arc<dyn Fetch>, BuildError> {
    let limits = RetryLimits {
        budget: policy.deadline,
        ..RetryLimits::default()
    };
    let client = Breaker::new(Client::new(policy)?, BreakerLimits::default());
    Ok(Arc::new(Retry::new(client, limits, seed)))
}
