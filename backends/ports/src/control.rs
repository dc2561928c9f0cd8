//! What `control.events` says now: sources, API keys and view switches, followed in memory.

use async_trait::async_trait;
use mediamesh_domain::control::ControlState;
use mediamesh_domain::position::Seq;
use std::sync::Arc;
use std::time::Duration;

/// Follows `control.events`.
#[async_trait]
pub trait Control: Send + Sync {
    /// The state as of the last event followed.
    fn current(&self) -> Arc<ControlState>;

    /// How long ago the state was known to be whole: what was decided since may not be in it.
    fn age(&self) -> Duration {
        Duration::ZERO
    }

    /// Waits until the state includes a `seq`; false where it does not within `wait`.
    async fn reach(&self, seq: Seq, wait: Duration) -> bool;
}
