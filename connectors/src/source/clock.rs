//! Where runs get their time and ids from; tests move the one and choose the other.

use mediamesh_domain::id::RunId;
use mediamesh_domain::time::Timestamp;
use uuid::Uuid;

/// Gives the time and the ids of runs.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// An id that no run has yet.
    fn run_id(&self) -> RunId;
}

/// The system's clock, and ids that sort by time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }

    fn run_id(&self) -> RunId {
        RunId(Uuid::now_v7())
    }
}
