//! The generic cell rate algorithm: one number a bucket, no counters and no windows.
//!
//! The number is the time at which the bucket is full again, in microseconds. Whoever counts elsewhere (a script in
//! Redis) does the same sums; the contract suite holds both to the same answers.

use super::{Decision, Quota};
use std::time::Duration;

/// Takes `cost` at `now` of a bucket that is full at `full_at`, and says when it is full then.
#[must_use]
pub fn gcra(quota: &Quota, cost: u32, full_at: u64, now: u64) -> (Decision, u64) {
    let (interval, fills_in) = (quota.interval_us(), quota.fills_in_us());
    let before = full_at.max(now);
    let after = before.saturating_add(interval.saturating_mul(u64::from(cost)));
    let fits = cost <= quota.burst();
    // The bucket holds the cost once it is full within the time in which an empty one fills.
    let allowed_at = after.saturating_sub(fills_in);
    let allowed = fits && allowed_at <= now;
    let full_at = if allowed { after } else { before };
    let reset = full_at - now;
    let decision = Decision {
        allowed,
        remaining: u32::try_from(fills_in.saturating_sub(reset) / interval).unwrap_or(u32::MAX),
        reset: Duration::from_micros(reset),
        retry_after: fits.then(|| Duration::from_micros(allowed_at.saturating_sub(now))),
    };
    (decision, full_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000_000_000;
    const SECOND: u64 = 1_000_000;

    fn quota() -> Quota {
        let quota = Quota::new(1, Duration::from_secs(1)).unwrap();
        quota.with_burst(3).unwrap()
    }

    #[test]
    fn a_full_bucket_gives_its_burst_and_then_one_an_interval() {
        let mut full_at = 0;
        for remaining in [2, 1, 0] {
            let (decision, next) = gcra(&quota(), 1, full_at, NOW);
            assert!(decision.allowed);
            assert_eq!(decision.remaining, remaining);
            assert_eq!(decision.retry_after, Some(Duration::ZERO));
            full_at = next;
        }
        let (denied, unchanged) = gcra(&quota(), 1, full_at, NOW + SECOND / 4);
        assert!(!denied.allowed);
        assert_eq!(denied.retry_after, Some(Duration::from_millis(750)));
        assert_eq!(denied.reset, Duration::from_millis(2750));
        assert_eq!(unchanged, full_at);
        let (allowed, _) = gcra(&quota(), 1, full_at, NOW + SECOND);
        assert!(allowed.allowed);
        assert_eq!(allowed.remaining, 0);
    }

    #[test]
    fn a_refusal_tells_what_is_left_for_a_smaller_cost() {
        let (_, full_at) = gcra(&quota(), 2, 0, NOW);
        let (denied, _) = gcra(&quota(), 3, full_at, NOW);
        assert!(!denied.allowed);
        assert_eq!(denied.remaining, 1);
        assert_eq!(denied.retry_after, Some(Duration::from_secs(2)));
    }

    #[test]
    fn a_cost_above_the_burst_is_never_allowed() {
        let (denied, full_at) = gcra(&quota(), 4, 0, NOW);
        assert!(!denied.allowed);
        assert_eq!((denied.remaining, denied.retry_after), (3, None));
        assert_eq!(full_at, NOW);
        let (denied, _) = gcra(&quota(), u32::MAX, u64::MAX, NOW);
        assert!(!denied.allowed);
    }

    #[test]
    fn a_cost_of_zero_looks_and_takes_nothing() {
        let (_, full_at) = gcra(&quota(), 3, 0, NOW);
        let (look, unchanged) = gcra(&quota(), 0, full_at, NOW);
        assert!(look.allowed);
        assert_eq!((look.remaining, unchanged), (0, full_at));
    }
}
