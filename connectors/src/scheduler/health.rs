//! How a source fares, for those who keep it.

use mediamesh_domain::time::Timestamp;
use serde::Serialize;

/// How a source fares; kept in memory, so a restart begins anew.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Health {
    /// Whether a poll of it is under way.
    pub polling: bool,
    /// When it was last polled without failure.
    pub last_success: Option<Timestamp>,
    /// The last failure, also where polls have gone well since.
    pub last_failure: Option<Failure>,
    /// How many polls have failed since the last one that did not.
    pub failures: u32,
    /// When it is due next; none where it is not polled by itself.
    pub next_poll: Option<Timestamp>,
}

/// A poll that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// A stable code.
    pub code: &'static str,
    /// The reason in words.
    pub reason: String,
}
