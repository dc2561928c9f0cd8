//! A circuit, with time moved by hand.

use super::*;

fn call(breaker: &Breaker, success: bool) -> Change {
    breaker.enter().expect("let through").settle(success)
}

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_open_it_and_a_success_between_them_does_not_count() {
    let breaker = Breaker::default();
    for success in [false, false, false, false, true, false, false, false, false] {
        assert_eq!(call(&breaker, success), Change::None);
    }
    assert_eq!(call(&breaker, false), Change::Opened);
    let open = breaker.enter().unwrap_err();
    assert_eq!(open.retry_in, Duration::from_secs(60));
    assert_eq!(
        open.to_string(),
        "it kept failing and is left alone for 60 s"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_minute_two_probes_one_at_a_time_close_it() {
    let breaker = Breaker::default();
    for _ in 0..5 {
        call(&breaker, false);
    }
    pass(60).await;
    let probe = breaker.enter().unwrap();
    assert!(breaker.enter().is_err());
    assert_eq!(probe.settle(true), Change::None);
    assert_eq!(call(&breaker, true), Change::Closed);
    let (one, other) = (breaker.enter().unwrap(), breaker.enter().unwrap());
    assert_eq!(
        (one.settle(true), other.settle(true)),
        (Change::None, Change::None)
    );
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_opens_it_for_another_minute() {
    let breaker = Breaker::default();
    for _ in 0..5 {
        call(&breaker, false);
    }
    pass(60).await;
    assert_eq!(call(&breaker, false), Change::None);
    pass(59).await;
    assert!(breaker.enter().is_err());
    pass(1).await;
    assert!(breaker.enter().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_frees_its_place() {
    let breaker = Breaker::default();
    for _ in 0..5 {
        call(&breaker, false);
    }
    pass(60).await;
    drop(breaker.enter().unwrap());
    assert_eq!(call(&breaker, true), Change::None);
}

#[tokio::test(start_paused = true)]
async fn a_call_from_before_it_opened_changes_nothing() {
    let breaker = Breaker::default();
    let (early, late) = (breaker.enter().unwrap(), breaker.enter().unwrap());
    for _ in 0..5 {
        call(&breaker, false);
    }
    assert_eq!(early.settle(true), Change::None);
    assert!(breaker.enter().is_err());
    pass(60).await;
    let probe = breaker.enter().unwrap();
    assert_eq!(late.settle(false), Change::None);
    assert_eq!(probe.settle(true), Change::None);
}
