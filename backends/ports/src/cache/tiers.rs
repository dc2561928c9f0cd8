//! A near cache before a far one.

use super::{Cache, Cached};
use async_trait::async_trait;
use mediamesh_domain::position::Seq;
use std::sync::Arc;
use std::time::Duration;

/// A cache of this process before one that processes share.
///
/// What is found in the far one is kept near, for a time of its own: how long it was already kept is not known.
pub struct Tiers {
    near: Arc<dyn Cache>,
    far: Arc<dyn Cache>,
    near_ttl: Duration,
}

impl Tiers {
    /// Joins two caches; near values are kept for `near_ttl` at most.
    #[must_use]
    pub fn new(near: Arc<dyn Cache>, far: Arc<dyn Cache>, near_ttl: Duration) -> Self {
        Self {
            near,
            far,
            near_ttl,
        }
    }
}

#[async_trait]
impl Cache for Tiers {
    async fn get(&self, key: &str) -> Option<Cached> {
        if let Some(found) = self.near.get(key).await {
            return Some(found);
        }
        let found = self.far.get(key).await?;
        // Word of a change may be here before the far cache has dropped the value, or without.
        let current = self.near.put(key, found.clone(), self.near_ttl).await;
        current.then_some(found)
    }

    async fn put(&self, key: &str, value: Cached, ttl: Duration) -> bool {
        let near_ttl = ttl.min(self.near_ttl);
        let current = self.near.put(key, value.clone(), near_ttl).await;
        current && self.far.put(key, value, ttl).await
    }

    /// Far before near: who misses near in between must not bring the old value back.
    async fn remove(&self, key: &str, seq: Seq) {
        self.far.remove(key, seq).await;
        self.near.remove(key, seq).await;
    }
}
