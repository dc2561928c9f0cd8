//! Buckets, with time moved by hand.

use super::*;
use mediamesh_ports::rate_limits::FailOpen;
use std::sync::Arc;
use std::time::Duration;

fn quota(burst: u32) -> Quota {
    let quota = Quota::new(1, Duration::from_secs(1)).unwrap();
    quota.with_burst(burst).unwrap()
}

async fn allowed(limits: &dyn RateLimits, bucket: &str, cost: u32, burst: u32) -> bool {
    let decision = limits.take(bucket, cost, &quota(burst)).await;
    decision.unwrap().allowed
}

#[tokio::test(start_paused = true)]
async fn a_bucket_fills_with_time() {
    let buckets = Buckets::new(10);
    assert!(allowed(&buckets, "a", 2, 2).await);
    tokio::time::advance(Duration::from_millis(999)).await;
    assert!(!allowed(&buckets, "a", 1, 2).await);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(allowed(&buckets, "a", 1, 2).await);
    assert!(!allowed(&buckets, "a", 1, 2).await);
}

#[tokio::test(start_paused = true)]
async fn where_there_are_too_many_buckets_the_emptiest_are_kept() {
    let buckets = Buckets::new(100);
    for n in 0..100 {
        // The later, the emptier.
        assert!(allowed(&buckets, &n.to_string(), n + 1, 100).await);
    }
    assert!(allowed(&buckets, "one more", 1, 100).await);
    assert!(buckets.buckets().len() <= 51);
    assert!(!allowed(&buckets, "99", 1, 100).await);
    tokio::time::advance(Duration::from_secs(200)).await;
    for n in 0..60 {
        assert!(allowed(&buckets, &format!("new {n}"), 1, 100).await);
    }
    assert_eq!(buckets.buckets().len(), 60, "the full ones went first");
}

#[tokio::test]
async fn shared_limits_that_are_away_leave_the_process_to_itself() {
    struct Away;
    #[async_trait]
    impl RateLimits for Away {
        async fn take(&self, _: &str, _: u32, _: &Quota) -> Result<Decision, Error> {
            Err(Error::Transient("away".to_owned()))
        }
    }
    let (shared, local) = (Arc::new(Buckets::new(9)), Arc::new(Buckets::new(9)));
    let up = FailOpen::new(shared.clone(), local.clone());
    assert!(allowed(&up, "a", 1, 1).await);
    assert!(!allowed(&up, "a", 1, 1).await);
    assert!(local.buckets().is_empty());
    let away = FailOpen::new(Arc::new(Away), local);
    assert!(allowed(&away, "a", 1, 1).await);
    assert!(!allowed(&away, "a", 1, 1).await);
}
