//! What a thread of the runner (or the driver of the tests) turns: one member's work, a turn at a time.
//!
//! A turn is bounded and leaves nothing half done: it polls, processes and commits, or says why it does not.

mod processing;
mod sinking;
mod stalls;

pub use processing::{Limits, ProcessorWorker};
pub use sinking::{FlushLimits, SinkWorker};
pub use stalls::Stalls;

use mediamesh_ports::event_log::{Error, GroupSpec, Member};
use std::time::Duration;

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Something was committed or taken in: turn again at once.
    Worked,
    /// There was nothing to do; the wait for more is over already.
    Idle,
    /// It is not the time to take more: turn again after this pause.
    Held(Duration),
    /// The log is away: pause, then turn again.
    Away(String),
    /// The membership goes on with fewer partitions: forget what is remembered, then turn again.
    Reassigned,
    /// The membership is over: join again.
    Rejoin(String),
    /// It cannot go on until an operator has looked.
    Stop(String),
}

impl From<Error> for Turn {
    fn from(error: Error) -> Self {
        match error {
            Error::Transient(_) => Self::Away(error.to_string()),
            Error::Reassigned(_) => Self::Reassigned,
            Error::Fenced(..) => Self::Rejoin(error.to_string()),
            Error::Poisoned(_) | Error::Refused(_) | Error::Corrupt(_) => {
                Self::Stop(error.to_string())
            }
        }
    }
}

/// The work of one member of a group.
pub trait Worker: Send {
    /// The group to be a member of.
    fn spec(&self) -> GroupSpec;

    /// Forgets everything that is remembered of partitions: a membership begins, or goes on with others.
    fn joined(&mut self);

    /// Takes one turn.
    fn turn(&mut self, member: &mut dyn Member) -> Turn;

    /// Why some partitions are paused, where some are.
    fn paused(&self) -> Option<String>;

    /// Ends the work that is begun, as far as that is possible at once; no turn follows.
    fn drain(&mut self, member: &mut dyn Member);
}
