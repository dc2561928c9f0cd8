//! Word between processes that something changed, so that they drop what they cached of it.
//!
//! Only keys travel, and how new the change is; never values. Word can be lost, and a subscriber that missed some is
//! told [`Heard::Lost`] as soon as that is known: it then drops all that it has cached. A publisher is not told who
//! heard it, so caches also bound how long they keep anything.

mod fanout;

use async_trait::async_trait;
pub use fanout::Fanout;
use mediamesh_domain::position::Seq;

/// A key that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The key, as caches know it.
    pub key: String,
    /// The change, in the partition of the key.
    pub seq: Seq,
}

/// What a subscriber hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A key changed.
    Changed(Changed),
    /// Some word was missed: anything may have changed.
    Lost,
}

/// Tells every process, this one too, what changed.
#[async_trait]
pub trait Invalidations: Send + Sync {
    /// Tells of changes; call after the store behind the caches shows them. Best effort, and bounded in time.
    async fn publish(&self, changed: Vec<Changed>);

    /// Listens from now on. Where the way to others is not yet open, [`Heard::Lost`] tells when it is.
    fn subscribe(&self) -> Box<dyn Subscription>;
}

/// One subscriber's ear.
#[async_trait]
pub trait Subscription: Send {
    /// The next that is heard; none where there will be nothing more.
    async fn next(&mut self) -> Option<Heard>;
}
