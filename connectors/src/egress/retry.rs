//! Asks again where that may help.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep_until};

use super::Fetch;
use super::answer::Fetched;
use super::error::{Error, Kind};
use super::request::Request;

/// How often and how long is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryLimits {
    /// Attempts in all.
    pub attempts: u32,
    /// The longest wait before the second attempt; it doubles from there.
    pub first: Duration,
    /// The longest wait before any attempt.
    pub longest: Duration,
    /// Time for all attempts and waits together.
    pub budget: Duration,
}

impl Default for RetryLimits {
    fn default() -> Self {
        Self {
            attempts: 3,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(10),
            budget: Duration::from_secs(20),
        }
    }
}

impl RetryLimits {
    /// The longest wait after attempt number `attempt`, counted from 1.
    fn ceiling(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        self.first.saturating_mul(doubled).min(self.longest)
    }
}

/// A [`Fetch`] that repeats transient failures after a random wait.
#[derive(Debug)]
pub struct Retry<F> {
    inner: F,
    limits: RetryLimits,
    draws: AtomicU64,
}

impl<F> Retry<F> {
    /// Wraps `inner`; the same `seed` gives the same waits.
    pub fn new(inner: F, limits: RetryLimits, seed: u64) -> Self {
        Self {
            inner,
            limits,
            draws: AtomicU64::new(seed),
        }
    }

    /// A wait from nothing to `ceiling`, evenly spread (full jitter).
    fn jitter(&self, ceiling: Duration) -> Duration {
        // SplitMix64: one addition a draw, so that concurrent fetches need no lock.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut x = self
            .draws
            .fetch_add(STEP, Ordering::Relaxed)
            .wrapping_add(STEP);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        ceiling.mul_f64((x >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

#[async_trait]
impl<F: Fetch> Fetch for Retry<F> {
    async fn fetch(&self, mut request: Request) -> Result<Fetched, Error> {
        let budget = self.limits.budget;
        let until = Instant::now() + request.deadline.map_or(budget, |own| own.min(budget));
        let mut attempt = 1;
        loop {
            // The attempt keeps the time itself, so that a breaker inside sees it run out.
            request.deadline = Some(until.saturating_duration_since(Instant::now()));
            let error = match self.inner.fetch(request.clone()).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            if attempt >= self.limits.attempts || error.kind() != Kind::Transient {
                return Err(error);
            }
            let asked = error.retry_after().unwrap_or_default();
            let wait = self.jitter(self.limits.ceiling(attempt)).max(asked);
            // What cannot be waited for is told at once, with the time that the server asks for.
            match Instant::now().checked_add(wait) {
                Some(then) if then < until => sleep_until(then).await,
                _ => return Err(error),
            }
            attempt += 1;
        }
    }
}

#[cfg(test)]
mod tests;
