//! Caches: bytes by key, for a while.
//!
//! A cache is never asked whether it works. What it cannot say is a miss, what it cannot keep is not kept: callers go
//! on to the store behind it, as if there were no cache.
//!
//! Every value carries the `seq` of the change that it shows, and an older one never replaces a newer one. So a reader
//! that was slow (it read a row, the row changed, the key was removed here, and only then it puts what it had read)
//! does no harm. Readers that need a position compare it with [`Cached::seq`] and go past the cache where it is older.
//!
//! Word of a change can be lost. So nothing is kept for longer than [`LONGEST`], whatever the caller asks for.

mod tiers;

use async_trait::async_trait;
use bytes::Bytes;
use mediamesh_domain::position::Seq;
use std::time::Duration;
pub use tiers::Tiers;

/// The longest that any value is kept.
pub const LONGEST: Duration = Duration::from_secs(600);

/// How long a removal keeps older values out: longer than any reader takes from its store to its cache.
pub const REMOVAL: Duration = Duration::from_secs(60);

/// A value, and how new it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// The change that the value shows, in the partition of its key.
    pub seq: Seq,
    /// The value.
    pub bytes: Bytes,
}

/// Keeps values by key. Best effort: no call fails, and none waits for long.
#[async_trait]
pub trait Cache: Send + Sync {
    /// What is kept under a key.
    async fn get(&self, key: &str) -> Option<Cached>;

    /// Keeps a value for `ttl` at most. False where it is known to be outdated: a newer one is kept, or the key
    /// changed since.
    async fn put(&self, key: &str, value: Cached, ttl: Duration) -> bool;

    /// Says that a key changed at `seq`: what is older goes, and is not taken for the time of [`REMOVAL`].
    ///
    /// A value of that `seq` or a newer one stays.
    async fn remove(&self, key: &str, seq: Seq);
}
