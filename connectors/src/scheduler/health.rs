//! How a source fares, for those who keep it.

use mediamesh_domain::position::Version;
use mediamesh_domain::run::FeedMove;
use mediamesh_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How a source fares; it survives a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// The source's version when it was last planned.
    pub version: Version,
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
    /// How many polls there were.
    pub polls: u64,
    /// How many of them asked conditionally.
    pub conditional: u64,
    /// How many of those were answered with "not modified".
    pub not_modified: u64,
    /// Seconds between two new entries, on average of late; absent: not known.
    pub entry_interval_s: Option<u64>,
    /// Entries that the last poll missed: listed before, and neither listed now nor pushed out by
    /// new ones. Nothing is removed for that.
    pub entries_missing: u64,
    /// The last move of the address that was found, whether or not it was followed.
    pub moved: Option<FeedMove>,
    /// Whether a hub tells of new entries, so that polls are rare.
    pub pushed: bool,
}

/// A poll that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// A stable code.
    pub code: String,
    /// The reason in words.
    pub reason: String,
}
