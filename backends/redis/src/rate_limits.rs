//! Rate limits that processes share: one script, by the server's time.

use crate::server::Server;
use async_trait::async_trait;
use mediamesh_ports::rate_limits::{Decision, Error, Quota, RateLimits};
use redis::Script;
use std::sync::Arc;
use std::time::Duration;

/// Rate limits that processes share. Where Redis is away they fail, so that the caller can limit by itself:
/// [`mediamesh_ports::rate_limits::FailOpen`].
pub struct SharedRateLimits {
    server: Arc<Server>,
    prefix: String,
    take: Script,
}

/// What the script answers: taken, left, when full, when it fits; times in microseconds.
type Answer = (bool, u64, u64, i64);

impl SharedRateLimits {
    pub(crate) fn new(server: Arc<Server>) -> Self {
        Self {
            prefix: format!("{}limit:", server.settings.prefix),
            server,
            take: Script::new(include_str!("rate_limits/take.lua")),
        }
    }
}

#[async_trait]
impl RateLimits for SharedRateLimits {
    async fn take(&self, bucket: &str, cost: u32, quota: &Quota) -> Result<Decision, Error> {
        let mut call = self.take.key(format!("{}{bucket}", self.prefix));
        call.arg(quota.interval_us()).arg(quota.burst()).arg(cost);
        let mut connection = self.server.connection();
        let answer = call.invoke_async::<Answer>(&mut connection);
        let deadline = self.server.settings.deadline;
        let answer = self.server.call("rate_limit", deadline, answer).await;
        let answer = answer.map_err(|away| Error::Transient(away.to_string()))?;
        Ok(decision(answer))
    }
}

fn decision((allowed, left, reset, wait): Answer) -> Decision {
    Decision {
        allowed,
        remaining: u32::try_from(left).unwrap_or(u32::MAX),
        reset: Duration::from_micros(reset),
        retry_after: u64::try_from(wait).ok().map(Duration::from_micros),
    }
}
