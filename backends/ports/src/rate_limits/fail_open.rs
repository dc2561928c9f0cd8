//! What limits while the shared limits are away.

use super::{Decision, Error, Quota, RateLimits};
use async_trait::async_trait;
use std::sync::Arc;

/// Limits by what processes share, and by what this one knows where that cannot be asked.
///
/// So an outage neither shuts callers out nor lets everything in: each process then gives the whole quota once.
pub struct FailOpen {
    shared: Arc<dyn RateLimits>,
    local: Arc<dyn RateLimits>,
}

impl FailOpen {
    /// Puts `local` behind `shared`.
    #[must_use]
    pub fn new(shared: Arc<dyn RateLimits>, local: Arc<dyn RateLimits>) -> Self {
        Self { shared, local }
    }
}

#[async_trait]
impl RateLimits for FailOpen {
    async fn take(&self, bucket: &str, cost: u32, quota: &Quota) -> Result<Decision, Error> {
        match self.shared.take(bucket, cost, quota).await {
            Ok(decision) => Ok(decision),
            Err(Error::Transient(_)) => self.local.take(bucket, cost, quota).await,
        }
    }
}
