//! The cache of this process's memory: the embedded cache, and the near one before a shared one.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bytes::Bytes;
use mediamesh_domain::position::Seq;
use mediamesh_ports::cache::{Cache, Cached, LONGEST, REMOVAL};
use mediamesh_ports::invalidations::{Heard, Subscription};
use moka::Expiry;
use moka::future;
use moka::ops::compute::{CompResult, Op};
use std::future::ready;
use std::time::{Duration, Instant};

/// What an entry takes beside its key and value, about.
const OVERHEAD: usize = 120;

/// Values in memory, the least used of which give way.
#[derive(Clone)]
pub struct Memory(future::Cache<String, Held>);

/// What is held under a key.
#[derive(Debug, Clone)]
struct Held {
    seq: Seq,
    /// None where the key changed and its new value is not known.
    bytes: Option<Bytes>,
    ttl: Duration,
}

impl Memory {
    /// An empty cache for so many bytes of keys and values.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let cache = future::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|key: &String, held: &Held| {
                let bytes = held.bytes.as_ref().map_or(0, Bytes::len);
                u32::try_from(key.len() + bytes + OVERHEAD).unwrap_or(u32::MAX)
            })
            .expire_after(Ttl)
            .build();
        Self(cache)
    }

    /// Forgets everything: what is to be done when word of changes was lost.
    pub fn clear(&self) {
        self.0.invalidate_all();
    }

    /// Drops what is heard to have changed, until there is nothing more to hear.
    pub async fn follow(&self, mut subscription: Box<dyn Subscription>) {
        while let Some(heard) = subscription.next().await {
            match heard {
                Heard::Changed(changed) => self.remove(&changed.key, changed.seq).await,
                Heard::Lost => {
                    metrics::counter!("mediamesh_cache_clears_total").increment(1);
                    self.clear();
                }
            }
        }
    }

    /// Holds `next` unless something is held that `stays`; whether it does.
    async fn hold(&self, key: &str, next: Held, stays: fn(&Held, &Held) -> bool) -> bool {
        let entry = self.0.entry_by_ref(key);
        let done = entry.and_compute_with(|held| {
            ready(match held {
                Some(held) if stays(held.value(), &next) => Op::Nop,
                _ => Op::Put(next),
            })
        });
        !matches!(done.await, CompResult::Unchanged(_))
    }
}

#[async_trait]
impl Cache for Memory {
    async fn get(&self, key: &str) -> Option<Cached> {
        let held = self.0.get(key).await;
        let found = held.and_then(|held| {
            let seq = held.seq;
            held.bytes.map(|bytes| Cached { seq, bytes })
        });
        let outcome = if found.is_some() { "hit" } else { "miss" };
        let labels = [("level", "memory"), ("outcome", outcome)];
        metrics::counter!("mediamesh_cache_gets_total", &labels).increment(1);
        found
    }

    async fn put(&self, key: &str, value: Cached, ttl: Duration) -> bool {
        let next = Held {
            seq: value.seq,
            bytes: Some(value.bytes),
            ttl: ttl.min(LONGEST),
        };
        self.hold(key, next, |held, next| held.seq > next.seq).await
    }

    async fn remove(&self, key: &str, seq: Seq) {
        let next = Held {
            seq,
            bytes: None,
            ttl: REMOVAL,
        };
        self.hold(key, next, |held, next| held.seq >= next.seq)
            .await;
    }
}

/// Each entry has a time of its own, from when it was put.
struct Ttl;

impl Expiry<String, Held> for Ttl {
    fn expire_after_create(&self, _: &String, held: &Held, _: Instant) -> Option<Duration> {
        Some(held.ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        held: &Held,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(held.ttl)
    }
}
