//! Rate limits of this process: the embedded limits, and what stands in for shared ones.
//!
//! Governor's limiters have one quota each and say on a refusal neither what is left nor when the bucket is full; so
//! the sums are the port's own, the same as in Redis.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use mediamesh_ports::rate_limits::{Decision, Error, Quota, RateLimits, gcra};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Buckets in memory. Full ones are forgotten.
#[derive(Debug)]
pub struct Buckets {
    began: Instant,
    most: usize,
    /// When each bucket is full again, in microseconds since `began`.
    full_at: Mutex<HashMap<String, u64>>,
}

impl Buckets {
    /// Room for so many buckets that are not full. Where there are more, those nearest to full are taken for full.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            began: Instant::now(),
            most: most.max(1),
            full_at: Mutex::default(),
        }
    }

    /// Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
    fn buckets(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

#[async_trait]
impl RateLimits for Buckets {
    async fn take(&self, bucket: &str, cost: u32, quota: &Quota) -> Result<Decision, Error> {
        let mut buckets = self.buckets();
        let now = self.now();
        let before = buckets.get(bucket).copied().unwrap_or(0);
        let (decision, full_at) = gcra(quota, cost, before, now);
        if full_at > now {
            if buckets.len() >= self.most && !buckets.contains_key(bucket) {
                make_room(&mut buckets, now);
            }
            buckets.insert(bucket.to_owned(), full_at);
        }
        Ok(decision)
    }
}

/// Forgets the full buckets, and where that is less than half of all, those nearest to full: so this is seldom.
fn make_room(buckets: &mut HashMap<String, u64>, now: u64) {
    let half = buckets.len() / 2;
    buckets.retain(|_, full_at| *full_at > now);
    if buckets.len() > half {
        let mut times: Vec<u64> = buckets.values().copied().collect();
        let surplus = times.len() - half - 1;
        let (_, last, _) = times.select_nth_unstable(surplus);
        let last = *last;
        buckets.retain(|_, full_at| *full_at > last);
    }
}
