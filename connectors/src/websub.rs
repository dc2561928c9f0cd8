//! WebSub, the subscriber's side: hubs tell what is new, so that polls can be rare.
//!
//! A feed names its hub; after a run the subscription there is made, or renewed before its lease ends,
//! and the hub's questions and news come to a public address of this deployment, each source's own.
//! News that are a whole feed are taken like a fetch of it; others only make the next poll come at
//! once. Who forges news without the subscription's secret is refused. Knows nothing of routes: the
//! composition root hands requests to [`WebSub::verify`] and [`WebSub::deliver`].

mod callback;
mod runs;
mod signature;
mod subscription;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use mediamesh_domain::id::SourceId;
use mediamesh_ports::control::Control;
use mediamesh_ports::objects::Objects;

use crate::egress::Fetch;
use crate::source::{Clock, Input};

pub use callback::{Answer, Asked, Delivery};
pub use runs::Subscribing;

/// The path under which a hub reaches a source's subscription: `/websub/{source}/{token}`.
pub const PATH: &str = "/websub";

/// Takes what a hub tells.
#[async_trait]
pub trait News: Send + Sync {
    /// Takes a feed that a hub sent. Where a run of the source is under way, it is polled after it.
    async fn take(&self, source: SourceId, input: Input);
    /// Polls a source at once.
    fn poll_soon(&self, source: SourceId);
}

/// What subscriptions need of the world.
#[derive(Clone)]
pub struct Parts {
    /// Asks hubs.
    pub fetch: Arc<dyn Fetch>,
    /// Keeps the subscriptions, one small object a source.
    pub objects: Arc<dyn Objects>,
    /// Says which sources there are.
    pub control: Arc<dyn Control>,
    /// Gives the time.
    pub clock: Arc<dyn Clock>,
    /// Gives tokens and secrets that nobody can guess.
    pub entropy: Arc<dyn Fn() -> [u8; 32] + Send + Sync>,
    /// The address at which hubs reach this deployment, for example `https://media.example.org`.
    pub public_url: String,
}

/// The subscriptions of this deployment; cheap to clone.
#[derive(Clone)]
pub struct WebSub(Arc<Parts>);

impl WebSub {
    /// Subscriptions that are reached at the public address.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Where a hub reaches a subscription.
    fn callback(&self, source: SourceId, token: &str) -> String {
        let base = self.0.public_url.trim_end_matches('/');
        format!("{base}{PATH}/{source}/{token}")
    }
}
