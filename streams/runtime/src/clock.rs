//! The time, injected: the one place where the runtime learns what time it is.
//!
//! Processors never see a clock; only timers, pauses, flush intervals and progress rows are told the time.

use mediamesh_domain::time::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time of day, UTC.
    fn now(&self) -> Timestamp;

    /// The time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;
}

/// The clock of the machine.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    start: i64,
    moved: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at a time.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self {
            start: start.0,
            moved: AtomicI64::new(0),
        }
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.moved.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.start.saturating_add(self.moved.load(Ordering::SeqCst)))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.moved.load(Ordering::SeqCst).unsigned_abs())
    }
}
