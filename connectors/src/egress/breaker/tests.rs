//! Time is moved, not waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::time::{advance, sleep, timeout};

use super::super::testing::{Script, good, status};
use super::*;

const URL: &str = "https://example.org/feed";

/// A breaker around a host whose status the test sets; 0 hangs for ever.
fn host() -> (Breaker<Arc<impl Fetch>>, Arc<AtomicU16>, impl Fn() -> usize) {
    let code = Arc::new(AtomicU16::new(200));
    let now = Arc::clone(&code);
    let script = Script::new(move |_, _| {
        let code = now.load(Ordering::SeqCst);
        async move {
            match code {
                0 => std::future::pending().await,
                200 => good(),
                code => status(code),
            }
        }
    });
    let counted = Arc::clone(&script);
    let breaker = Breaker::new(script, BreakerLimits::default());
    (breaker, code, move || counted.calls())
}

async fn ask(breaker: &impl Fetch) -> Result<Fetched, Error> {
    breaker.fetch(Request::get(URL)).await
}

fn is_open(result: &Result<Fetched, Error>) -> bool {
    matches!(result, Err(Error::CircuitOpen { .. }))
}

async fn fail(breaker: &impl Fetch, times: usize) {
    for _ in 0..times {
        let result = ask(breaker).await;
        assert!(matches!(result, Err(Error::Status { .. })), "{result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_open_the_circuit_for_a_minute() {
    let (breaker, code, calls) = host();
    code.store(503, Ordering::SeqCst);
    fail(&breaker, 5).await;
    advance(Duration::from_millis(59_500)).await;
    let error = ask(&breaker).await.unwrap_err();
    assert!(
        matches!(&error, Error::CircuitOpen { host, retry_in_s: 1 } if host == "example.org:443"),
        "{error}"
    );
    assert_eq!(calls(), 5);
    advance(Duration::from_millis(600)).await;
    fail(&breaker, 1).await;
    assert_eq!(calls(), 6);
    assert!(
        is_open(&ask(&breaker).await),
        "a failed probe opens it again"
    );
}

#[tokio::test(start_paused = true)]
async fn two_successes_close_a_half_open_circuit() {
    let (breaker, code, calls) = host();
    code.store(500, Ordering::SeqCst);
    fail(&breaker, 5).await;
    advance(Duration::from_secs(61)).await;
    code.store(200, Ordering::SeqCst);
    assert!(ask(&breaker).await.is_ok());
    assert!(!breaker.circuits().is_empty(), "one success is not enough");
    assert!(ask(&breaker).await.is_ok());
    assert!(
        breaker.circuits().is_empty(),
        "a host in order takes no memory"
    );
    code.store(500, Ordering::SeqCst);
    fail(&breaker, 5).await;
    assert!(is_open(&ask(&breaker).await));
    assert_eq!(calls(), 12);
}

#[tokio::test(start_paused = true)]
async fn a_success_forgets_earlier_failures() {
    let (breaker, code, _) = host();
    for _ in 0..3 {
        code.store(500, Ordering::SeqCst);
        fail(&breaker, 4).await;
        code.store(200, Ordering::SeqCst);
        assert!(ask(&breaker).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_no_is_up() {
    for up in [404, 401, 410, 429] {
        let (breaker, code, calls) = host();
        code.store(up, Ordering::SeqCst);
        fail(&breaker, 20).await;
        assert_eq!(calls(), 20, "{up}");
    }
}

#[tokio::test(start_paused = true)]
async fn hosts_do_not_share_a_circuit() {
    let (breaker, code, _) = host();
    code.store(500, Ordering::SeqCst);
    fail(&breaker, 5).await;
    for other in [
        "https://example.com/",
        "http://example.org/",
        "https://example.org:8443/",
    ] {
        assert!(
            !is_open(&breaker.fetch(Request::get(other)).await),
            "{other}"
        );
    }
    let same = breaker
        .fetch(Request::get("https://EXAMPLE.org:443/other"))
        .await;
    assert!(is_open(&same));
}

#[tokio::test(start_paused = true)]
async fn a_half_open_circuit_lets_one_request_through_at_a_time() {
    let (breaker, code, calls) = host();
    code.store(500, Ordering::SeqCst);
    fail(&breaker, 5).await;
    advance(Duration::from_secs(61)).await;
    code.store(0, Ordering::SeqCst);
    let breaker = Arc::new(breaker);
    let other = Arc::clone(&breaker);
    let probe = tokio::spawn(async move { ask(&other).await });
    sleep(Duration::from_millis(1)).await;
    assert!(is_open(&ask(&breaker).await), "while a probe is out");
    probe.abort();
    assert!(probe.await.unwrap_err().is_cancelled());
    code.store(200, Ordering::SeqCst);
    assert!(
        ask(&breaker).await.is_ok(),
        "a dropped probe frees its place"
    );
    assert_eq!(calls(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_waits_for_is_no_failure() {
    let (breaker, code, _) = host();
    code.store(0, Ordering::SeqCst);
    for _ in 0..10 {
        assert!(
            timeout(Duration::from_secs(1), ask(&breaker))
                .await
                .is_err()
        );
    }
    code.store(200, Ordering::SeqCst);
    assert!(ask(&breaker).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_address_is_refused_without_asking() {
    let (breaker, _, calls) = host();
    let result = breaker.fetch(Request::get("no address")).await;
    assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
    assert_eq!(calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn failing_hosts_take_bounded_memory() {
    let (breaker, code, _) = host();
    code.store(500, Ordering::SeqCst);
    for n in 0..MAX_HOSTS + 50 {
        let result = breaker
            .fetch(Request::get(format!("https://h{n}.example/")))
            .await;
        assert!(result.is_err());
    }
    assert!(breaker.circuits().len() <= MAX_HOSTS);
}
