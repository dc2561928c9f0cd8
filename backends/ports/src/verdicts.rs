//! Waiting for what became of a command.

use async_trait::async_trait;
use mediamesh_domain::id::CommandId;
use mediamesh_domain::position::Partition;
use mediamesh_domain::verdict::Verdict;
use std::time::Duration;

/// Hears the verdicts on this node's reply partition.
#[async_trait]
pub trait Verdicts: Send + Sync {
    /// The partition that this node listens on; commands that wait name it.
    fn reply_partition(&self) -> Partition;

    /// Starts to listen for a command's verdict; call before the command is appended.
    fn expect(&self, command: CommandId) -> Box<dyn Expected>;
}

/// One verdict that is waited for; dropping it stops the waiting.
#[async_trait]
pub trait Expected: Send {
    /// The verdict, or none after `wait`.
    async fn verdict(self: Box<Self>, wait: Duration) -> Option<Verdict>;
}
