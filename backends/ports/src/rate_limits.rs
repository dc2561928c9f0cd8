//! Rate limits: how much may be taken of a bucket that fills again with time.

mod fail_open;
mod gcra;
mod quota;

use async_trait::async_trait;
pub use fail_open::FailOpen;
pub use gcra::gcra;
pub use quota::{NoQuota, Quota};
use std::time::Duration;

/// Why there is no decision.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot be made now.
    #[error("the rate limits are not available: {0}")]
    Transient(String),
}

/// Whether a call may go on, and what to tell its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether the cost was taken. Where it was not, nothing was.
    pub allowed: bool,
    /// What is left in the bucket.
    pub remaining: u32,
    /// When the bucket is full again, if nobody takes more.
    pub reset: Duration,
    /// When the same call is allowed, if nobody takes more: zero where it was, none where the bucket is too small.
    pub retry_after: Option<Duration>,
}

/// Counts what is taken of buckets.
///
/// A bucket begins full. Its key names who is limited in what, for example `login/203.0.113.7`; calls on one key give
/// the same quota.
#[async_trait]
pub trait RateLimits: Send + Sync {
    /// Takes `cost` of a bucket where it has that much; a cost of zero looks and takes nothing.
    ///
    /// # Errors
    /// [`Error::Transient`]; use [`FailOpen`] to limit by what this process knows instead.
    async fn take(&self, bucket: &str, cost: u32, quota: &Quota) -> Result<Decision, Error>;
}
