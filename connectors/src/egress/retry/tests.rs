//! Time is moved, not waited for.

use std::sync::Arc;

use tokio::time::sleep;

use super::super::testing::{Script, good, status};
use super::*;

fn request() -> Request {
    Request::get("https://example.org/")
}

fn seconds(s: f64) -> Duration {
    Duration::from_secs_f64(s)
}

#[tokio::test(start_paused = true)]
async fn a_transient_error_is_tried_three_times_in_all() {
    let script = Script::new(|_, _| async { status(503) });
    let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
    let start = Instant::now();
    let error = retry.fetch(request()).await.unwrap_err();
    assert!(matches!(error, Error::Status { code: 503, .. }), "{error}");
    assert_eq!(script.calls(), 3);
    assert!(
        start.elapsed() <= seconds(3.01),
        "at most 1 s and 2 s: {:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_success_after_a_failure_is_a_success() {
    let script = Script::new(|_, call| async move { if call < 3 { status(502) } else { good() } });
    let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
    assert!(retry.fetch(request()).await.is_ok());
    assert_eq!(script.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_will_not_pass_is_not_tried_again() {
    for code in [400, 401, 404, 410, 501] {
        let script = Script::new(move |_, _| async move { status(code) });
        let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
        assert!(retry.fetch(request()).await.is_err());
        assert_eq!(script.calls(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_attempts_share_one_deadline() {
    // An attempt hangs until the time that it is given is over, as the client does.
    let script = Script::new(|request: Request, call| async move {
        let after = if call == 1 {
            seconds(15.0)
        } else {
            request.deadline.unwrap()
        };
        sleep(after).await;
        Err(Error::Timeout { after })
    });
    let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
    let start = Instant::now();
    let error = retry.fetch(request()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert_eq!(script.calls(), 2);
    assert!(start.elapsed() <= seconds(20.01), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_request_may_bring_a_shorter_deadline() {
    let script = Script::new(|request: Request, _| async move {
        let after = request.deadline.unwrap();
        sleep(after).await;
        Err(Error::Timeout { after })
    });
    let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
    let start = Instant::now();
    let mut request = request();
    request.deadline = Some(seconds(2.0));
    assert!(retry.fetch(request).await.is_err());
    assert_eq!(
        (script.calls(), start.elapsed() <= seconds(2.01)),
        (1, true)
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_kept_where_the_deadline_allows() {
    let limited = |retry_after_s| Error::Status {
        code: 429,
        retry_after_s,
    };
    let script = Script::new(move |_, call| async move {
        if call == 1 {
            Err(limited(Some(7)))
        } else {
            good()
        }
    });
    let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
    let start = Instant::now();
    assert!(retry.fetch(request()).await.is_ok());
    assert!(start.elapsed() >= seconds(7.0), "{:?}", start.elapsed());

    for too_long in [20, 3600, u64::MAX] {
        let script = Script::new(move |_, _| async move { Err(limited(Some(too_long))) });
        let retry = Retry::new(Arc::clone(&script), RetryLimits::default(), 7);
        let start = Instant::now();
        let error = retry.fetch(request()).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(too_long)));
        assert_eq!((script.calls(), start.elapsed()), (1, Duration::ZERO));
    }
}

#[test]
fn waits_double_up_to_the_longest() {
    let limits = RetryLimits::default();
    let ceilings = [1, 2, 3, 4, 5, 6, 40, u32::MAX].map(|n| limits.ceiling(n).as_secs());
    assert_eq!(ceilings, [1, 2, 4, 8, 10, 10, 10, 10]);
}

#[test]
fn jitter_is_full_and_follows_the_seed() {
    let draws = |seed| {
        let retry = Retry::new((), RetryLimits::default(), seed);
        (0..1000)
            .map(|_| retry.jitter(seconds(1.0)))
            .collect::<Vec<_>>()
    };
    let first = draws(1);
    assert_eq!(first, draws(1));
    assert_ne!(first, draws(2));
    assert!(first.iter().all(|wait| *wait < seconds(1.0)));
    assert!(
        first.iter().any(|wait| *wait < seconds(0.05)),
        "reaches down to nothing"
    );
    assert!(
        first.iter().any(|wait| *wait > seconds(0.95)),
        "reaches up to the ceiling"
    );
}
