//! What the APIs and the processors hear of the log: control state, accounts, verdicts, progress and parked keys, kept
//! in memory.
//!
//! Each is one task that reads a topic in order and moves nothing in it.

mod accounts;
mod control;
mod follow;
mod parked;
mod progress;
mod verdicts;

#[cfg(test)]
mod tests;

pub use accounts::AccountsFollower;
pub use control::ControlFollower;
pub use parked::follow_parked;
pub use progress::ProgressFollower;
pub use verdicts::VerdictsFollower;

/// Why a follower did not start.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] mediamesh_ports::event_log::Error),
    /// A record cannot be read, and what is followed would be wrong without it.
    #[error("{topic} partition {partition} offset {offset}: {reason}")]
    Record {
        /// The topic.
        topic: mediamesh_schemas::Topic,
        /// The partition.
        partition: mediamesh_domain::position::Partition,
        /// The offset.
        offset: mediamesh_domain::position::Offset,
        /// What is wrong.
        reason: String,
    },
}
