//! While Redis is away, and after.

use super::support::{Way, at, open, settings, until, value};
use mediamesh_ports::breaker::Limits;
use mediamesh_ports::cache::{Cache, LONGEST};
use mediamesh_ports::contract::{SOON, server};
use mediamesh_ports::invalidations::{Changed, Heard, Invalidations};
use mediamesh_ports::rate_limits::{Error, Quota, RateLimits};
use mediamesh_redis::{Redis, Settings};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;

fn changed(key: &str) -> Changed {
    Changed {
        key: key.to_owned(),
        seq: value(1).seq,
    }
}

async fn refusal(redis: &Redis) -> String {
    let quota = Quota::new(1, Duration::from_secs(1)).expect("a quota");
    let taken = redis.rate_limits().take("a", 1, &quota).await;
    let Err(Error::Transient(reason)) = taken else {
        panic!("{taken:?}")
    };
    reason
}

/// All goes on without Redis, and after five failures it is no longer asked.
async fn all_goes_on_without(settings: Settings) {
    let redis = open(&Settings {
        deadline: Duration::from_millis(50),
        response_timeout: Duration::from_millis(500),
        breaker: Limits {
            open: Duration::from_secs(3600),
            ..Limits::default()
        },
        ..settings
    });
    let cache = redis.cache("1");
    assert!(cache.put("a", value(1), LONGEST).await);
    assert_eq!(cache.get("a").await, None);
    cache.remove("a", value(1).seq).await;
    let word = redis.invalidations();
    word.publish(vec![changed("a")]).await;
    assert!(!word.is_listening());
    assert!(!refusal(&redis).await.contains("left alone"));
    assert!(refusal(&redis).await.contains("left alone"));
    assert_eq!(cache.get("a").await, None);
}

#[tokio::test]
async fn all_goes_on_without_a_server_that_is_not_there() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", port.local_addr().unwrap());
    drop(port);
    all_goes_on_without(at(&url)).await;
}

#[tokio::test]
async fn all_goes_on_without_a_server_that_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    all_goes_on_without(at(&format!("redis://{}", silent.local_addr().unwrap()))).await;
}

#[tokio::test]
async fn all_goes_on_without_a_server_that_has_no_tls() {
    all_goes_on_without(at(&server("REDIS").replace("redis://", "rediss://"))).await;
}

#[tokio::test]
async fn after_an_outage_the_cache_is_used_again() {
    let way = Way::open().await;
    let redis = open(&Settings {
        deadline: Duration::from_millis(200),
        breaker: Limits {
            open: Duration::from_millis(50),
            ..Limits::default()
        },
        ..at(&way.url)
    });
    let cache = redis.cache("1");
    until("the connection stands", async || {
        cache.put("a", value(1), LONGEST).await;
        cache.get("a").await.is_some()
    })
    .await;
    way.cut();
    until("nothing is found", async || cache.get("a").await.is_none()).await;
    for _ in 0..6 {
        assert_eq!(cache.get("a").await, None);
    }
    way.mend();
    until("it is found", async || {
        cache.get("a").await == Some(value(1))
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_subscribers_are_told_that_some_is_lost_and_hear_again() {
    let way = Way::open().await;
    let here = at(&way.url);
    let there = Settings {
        prefix: here.prefix.clone(),
        ..settings()
    };
    let (here, there) = (open(&here).invalidations(), open(&there).invalidations());
    here.listening().await;
    let mut ear = here.subscribe();
    there.publish(vec![changed("before")]).await;
    let mut next = async || {
        timeout(SOON, ear.next())
            .await
            .expect("heard")
            .expect("goes on")
    };
    assert_eq!(next().await, Heard::Changed(changed("before")));
    way.cut();
    until("it is noticed", async || !here.is_listening()).await;
    there.publish(vec![changed("meanwhile")]).await;
    way.mend();
    assert_eq!(next().await, Heard::Lost);
    there.publish(vec![changed("after")]).await;
    assert_eq!(next().await, Heard::Changed(changed("after")));
}
