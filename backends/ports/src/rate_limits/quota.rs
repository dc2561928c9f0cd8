//! How large a bucket is and how fast it fills.

use std::num::NonZeroU32;
use std::time::Duration;

/// The longest that a bucket may take to fill, in microseconds: sums with today's time stay exact in a double, which
/// is what numbers are in Redis' scripts.
const SLOWEST: u64 = 1 << 52;

/// How large a bucket is and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    burst: NonZeroU32,
    /// The time in which one unit comes back, in microseconds.
    interval: u64,
}

/// Why numbers make no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a quota gives at least 1 per period, at most 1 per microsecond, and fills within 142 years"
)]
pub struct NoQuota;

impl Quota {
    /// `units` per `period`, and as many at once.
    ///
    /// # Errors
    /// [`NoQuota`].
    pub fn new(units: u32, period: Duration) -> Result<Self, NoQuota> {
        let burst = NonZeroU32::new(units).ok_or(NoQuota)?;
        let period = u64::try_from(period.as_micros()).map_err(|_| NoQuota)?;
        let interval = period / u64::from(units);
        Self { burst, interval }.check()
    }

    /// The same pace, with `burst` at once.
    ///
    /// # Errors
    /// [`NoQuota`].
    pub fn with_burst(self, burst: u32) -> Result<Self, NoQuota> {
        let burst = NonZeroU32::new(burst).ok_or(NoQuota)?;
        Self { burst, ..self }.check()
    }

    fn check(self) -> Result<Self, NoQuota> {
        let fills = self.interval.checked_mul(self.burst.get().into());
        match fills {
            Some(1..=SLOWEST) => Ok(self),
            _ => Err(NoQuota),
        }
    }

    /// How much a full bucket has.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.burst.get()
    }

    /// The time in which one unit comes back, in microseconds.
    #[must_use]
    pub fn interval_us(&self) -> u64 {
        self.interval
    }

    /// The time in which an empty bucket is full again, in microseconds.
    #[must_use]
    pub fn fills_in_us(&self) -> u64 {
        self.interval * u64::from(self.burst.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_has_a_pace_and_a_burst() {
        let quota = Quota::new(60, Duration::from_secs(60)).unwrap();
        assert_eq!((quota.burst(), quota.interval_us()), (60, 1_000_000));
        let quota = quota.with_burst(5).unwrap();
        assert_eq!((quota.burst(), quota.fills_in_us()), (5, 5_000_000));
    }

    #[test]
    fn numbers_that_cannot_be_counted_make_no_quota() {
        let second = Duration::from_secs(1);
        assert_eq!(Quota::new(0, second), Err(NoQuota));
        assert_eq!(Quota::new(1, Duration::ZERO), Err(NoQuota));
        assert_eq!(Quota::new(1_000_001, second), Err(NoQuota));
        assert_eq!(Quota::new(1, Duration::MAX), Err(NoQuota));
        assert_eq!(Quota::new(1, Duration::from_secs(1 << 33)), Err(NoQuota));
        assert_eq!(Quota::new(9, second).unwrap().with_burst(0), Err(NoQuota));
    }
}
