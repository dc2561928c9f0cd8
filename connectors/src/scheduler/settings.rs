//! How often, and how much at once.

use std::time::Duration;

/// How sources are polled; [`Settings::default`] is what a deployment starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How many sources are polled at once.
    pub concurrency: usize,
    /// How many sources of one host are polled at once.
    pub per_host: usize,
    /// The first poll of a source comes within this time, or its interval where that is shorter.
    pub spread: Duration,
    /// The shortest time between two polls, whatever a source says.
    pub min_interval: Duration,
    /// The longest time that a server or failures can put a poll off, unless the source's own
    /// interval is longer.
    pub max_wait: Duration,
    /// How often the sources are looked up.
    pub refresh: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 8,
            per_host: 2,
            spread: Duration::from_secs(60),
            min_interval: Duration::from_secs(10),
            max_wait: Duration::from_secs(24 * 3600),
            refresh: Duration::from_secs(1),
        }
    }
}
