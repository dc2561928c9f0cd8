//! What rate limits must do.

use super::{RateLimits, SOON, suite};
use crate::rate_limits::{Decision, Quota};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

suite! { $ rate_limits_contract, rate_limits:
    a_full_bucket_gives_its_burst_and_no_more,
    buckets_are_apart,
    processes_share_a_bucket,
    a_refusal_takes_nothing,
    a_cost_above_the_burst_is_never_allowed,
    a_cost_of_zero_looks_and_takes_nothing,
    it_is_said_when_the_bucket_is_full_again,
    an_empty_bucket_fills_again,
    no_more_is_given_than_the_pace_allows,
    concurrent_takers_get_the_burst_between_them,
}

const HOUR: Duration = Duration::from_secs(3600);

/// So slow that nothing comes back while a test runs.
fn slow(burst: u32) -> Quota {
    let slow = Quota::new(1, HOUR).expect("a quota");
    slow.with_burst(burst).expect("a burst")
}

async fn take(of: &RateLimits, bucket: &str, cost: u32, quota: &Quota) -> Decision {
    of.here.take(bucket, cost, quota).await.expect("a decision")
}

/// A full bucket gives its burst and no more.
pub async fn a_full_bucket_gives_its_burst_and_no_more(of: RateLimits) {
    for remaining in [2, 1, 0] {
        let decision = take(&of, "a", 1, &slow(3)).await;
        assert!(decision.allowed, "{decision:?}");
        assert_eq!(decision.remaining, remaining);
        assert_eq!(decision.retry_after, Some(Duration::ZERO));
    }
    let denied = take(&of, "a", 1, &slow(3)).await;
    assert!(!denied.allowed);
    assert_eq!(denied.remaining, 0);
    let retry_after = denied.retry_after.expect("a time");
    assert!(retry_after > Duration::ZERO && retry_after <= HOUR);
}

/// Buckets are apart, whatever is in their keys.
pub async fn buckets_are_apart(of: RateLimits) {
    for bucket in ["a", "A", "a b", "a\nb", "login/2001:db8::1", "برنامج", ""] {
        assert!(take(&of, bucket, 1, &slow(1)).await.allowed, "{bucket:?}");
        assert!(!take(&of, bucket, 1, &slow(1)).await.allowed, "{bucket:?}");
    }
}

/// Processes share a bucket.
pub async fn processes_share_a_bucket(of: RateLimits) {
    assert!(take(&of, "a", 1, &slow(2)).await.allowed);
    let there = of.there.take("a", 1, &slow(2)).await;
    assert_eq!(there.expect("a decision").remaining, 0);
    assert!(!take(&of, "a", 1, &slow(2)).await.allowed);
}

/// A refusal takes nothing, and tells what is left.
pub async fn a_refusal_takes_nothing(of: RateLimits) {
    assert!(take(&of, "a", 3, &slow(5)).await.allowed);
    for _ in 0..3 {
        let denied = take(&of, "a", 3, &slow(5)).await;
        assert!(!denied.allowed);
        assert_eq!(denied.remaining, 2);
    }
    assert!(take(&of, "a", 2, &slow(5)).await.allowed);
}

/// A cost above the burst is never allowed.
pub async fn a_cost_above_the_burst_is_never_allowed(of: RateLimits) {
    for cost in [4, u32::MAX] {
        let denied = take(&of, "a", cost, &slow(3)).await;
        assert!(!denied.allowed);
        assert_eq!(denied.retry_after, None);
        assert_eq!(denied.remaining, 3);
    }
}

/// A cost of zero looks and takes nothing.
pub async fn a_cost_of_zero_looks_and_takes_nothing(of: RateLimits) {
    let look = take(&of, "a", 0, &slow(2)).await;
    assert!(look.allowed);
    assert_eq!((look.remaining, look.reset), (2, Duration::ZERO));
    assert!(take(&of, "a", 2, &slow(2)).await.allowed);
    let look = take(&of, "a", 0, &slow(2)).await;
    assert!(look.allowed);
    assert_eq!(look.remaining, 0);
}

/// It is said when the bucket is full again.
pub async fn it_is_said_when_the_bucket_is_full_again(of: RateLimits) {
    let before = Instant::now();
    take(&of, "a", 1, &slow(5)).await;
    let decision = take(&of, "a", 2, &slow(5)).await;
    // Two clocks may tell a little apart.
    let passed = before.elapsed() + Duration::from_secs(1);
    assert!(decision.reset <= 3 * HOUR, "{decision:?}");
    assert!(decision.reset + passed >= 3 * HOUR, "{decision:?}");
    let denied = take(&of, "a", 4, &slow(5)).await;
    let retry_after = denied.retry_after.expect("a time");
    assert!(retry_after <= 2 * HOUR, "{denied:?}");
    let passed = before.elapsed() + Duration::from_secs(1);
    assert!(retry_after + passed >= 2 * HOUR, "{denied:?}");
}

/// An empty bucket fills again.
pub async fn an_empty_bucket_fills_again(of: RateLimits) {
    let quota = Quota::new(2, Duration::from_millis(100)).expect("a quota");
    take(&of, "a", 2, &quota).await;
    let full = async {
        while take(&of, "a", 0, &quota).await.remaining < 2 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, full).await.expect("it is full");
    assert!(take(&of, "a", 2, &quota).await.allowed);
}

/// No more is given than the pace allows.
pub async fn no_more_is_given_than_the_pace_allows(of: RateLimits) {
    let interval = Duration::from_millis(20);
    let quota = Quota::new(1, interval).and_then(|quota| quota.with_burst(3));
    let quota = quota.expect("a quota");
    let (before, mut given) = (Instant::now(), 0);
    let taking = async {
        while given < 20 {
            given += u32::from(take(&of, "a", 1, &quota).await.allowed);
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(SOON, taking).await.expect("twenty are given");
    // The burst, one an interval since, and one for clocks that tell a little apart.
    let most = 4 + before.elapsed().as_micros() / interval.as_micros();
    assert!(u128::from(given) <= most, "{given} of {most}");
}

/// Concurrent takers get the burst between them.
pub async fn concurrent_takers_get_the_burst_between_them(of: RateLimits) {
    let takers = (0..40).map(|taker| {
        let limits = if taker % 2 == 0 { &of.here } else { &of.there };
        let limits = limits.clone();
        tokio::spawn(async move { limits.take("a", 1, &slow(10)).await })
    });
    let mut given = 0;
    for taker in takers.collect::<Vec<_>>() {
        let decision = taker.await.expect("a taker").expect("a decision");
        given += u32::from(decision.allowed);
    }
    assert_eq!(given, 10);
}
