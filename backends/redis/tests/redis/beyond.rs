//! What the adapters do on a real server beyond the contracts.

use super::support::{open, raw, settings, until, value};
use mediamesh_ports::cache::{Cache, LONGEST, REMOVAL};
use mediamesh_ports::contract::server;
use mediamesh_ports::invalidations::{Heard, Invalidations};
use mediamesh_ports::rate_limits::{Quota, RateLimits};
use mediamesh_ports::secret::Secret;
use mediamesh_redis::Settings;
use std::time::Duration;

#[tokio::test]
async fn builds_that_shape_their_values_differently_do_not_see_each_others() {
    let redis = open(&settings());
    let (one, two) = (redis.cache("1"), redis.cache("2"));
    one.put("a", value(1), LONGEST).await;
    assert_eq!(two.get("a").await, None);
    two.put("a", value(2), LONGEST).await;
    assert_eq!(one.get("a").await, Some(value(1)));
}

#[tokio::test]
async fn nothing_stays_in_the_server_for_ever() {
    let settings = settings();
    let redis = open(&settings);
    let cache = redis.cache("1");
    cache.put("kept", value(1), Duration::MAX).await;
    cache.remove("removed", value(1).seq).await;
    let minute = Duration::from_secs(60);
    let quota = Quota::new(60, minute).unwrap();
    let limits = redis.rate_limits();
    limits.take("bucket", 30, &quota).await.unwrap();
    limits.take("looked at", 0, &quota).await.unwrap();
    let mut raw = raw().await;
    for (key, most) in [
        ("cache:1:kept", LONGEST),
        ("cache:1:removed", REMOVAL),
        ("limit:bucket", minute / 2),
    ] {
        let key = format!("{}{key}", settings.prefix);
        let left: i64 = redis::cmd("PTTL")
            .arg(&key)
            .query_async(&mut raw)
            .await
            .unwrap();
        // -1: for ever; -2: not there.
        assert!(left > 0 && left <= most.as_millis() as i64, "{key}: {left}");
    }
    let key = format!("{}limit:looked at", settings.prefix);
    let there: bool = redis::cmd("EXISTS")
        .arg(key)
        .query_async(&mut raw)
        .await
        .unwrap();
    assert!(!there);
}

#[tokio::test]
async fn what_others_left_under_our_keys_is_a_miss() {
    let settings = settings();
    let cache = open(&settings).cache("1");
    let mut raw = raw().await;
    let key = |name| format!("{}cache:1:{name}", settings.prefix);
    redis::cmd("SET")
        .arg(key("text"))
        .arg("not ours")
        .exec_async(&mut raw)
        .await
        .unwrap();
    redis::cmd("LPUSH")
        .arg(key("list"))
        .arg("a")
        .exec_async(&mut raw)
        .await
        .unwrap();
    assert_eq!(cache.get("text").await, None);
    assert_eq!(cache.get("list").await, None);
    assert!(cache.put("list", value(1), LONGEST).await);
}

#[tokio::test]
async fn a_message_that_is_not_ours_may_have_been_word_of_anything() {
    let settings = settings();
    let word = open(&settings).invalidations();
    word.listening().await;
    let mut ear = word.subscribe();
    let channel = format!("{}changed", settings.prefix);
    let publish = redis::cmd("PUBLISH")
        .arg(channel)
        .arg("hello")
        .exec_async(&mut raw().await)
        .await;
    publish.unwrap();
    assert_eq!(ear.next().await, Some(Heard::Lost));
}

#[tokio::test]
async fn user_and_password_are_sent_where_the_server_asks_for_them() {
    let mut raw = raw().await;
    let user = format!("test-{}", uuid::Uuid::now_v7().simple());
    let mut acl = redis::cmd("ACL");
    acl.arg("SETUSER")
        .arg(&user)
        .arg(&["on", ">pa55word", "~*", "&*", "+@all"]);
    acl.exec_async(&mut raw).await.unwrap();
    let url = server("REDIS").replace("redis://", &format!("redis://{user}@"));
    let with = |password: &str| Settings {
        url: url.clone(),
        password: Some(Secret::new(password)),
        ..settings()
    };
    let redis = open(&with("pa55word"));
    let cache = redis.cache("1");
    cache.put("a", value(1), LONGEST).await;
    assert_eq!(cache.get("a").await, Some(value(1)));
    redis.invalidations().listening().await;
    let wrong = Settings {
        deadline: Duration::from_millis(200),
        ..with("wrong")
    };
    let quota = Quota::new(1, Duration::from_secs(1)).unwrap();
    let refused = open(&wrong).rate_limits().take("a", 1, &quota).await;
    assert!(refused.is_err());
    redis::cmd("ACL")
        .arg("DELUSER")
        .arg(&user)
        .exec_async(&mut raw)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_script_that_the_server_forgot_is_sent_again() {
    let redis = open(&settings());
    let cache = redis.cache("1");
    assert!(cache.put("a", value(1), LONGEST).await);
    redis::cmd("SCRIPT")
        .arg("FLUSH")
        .exec_async(&mut raw().await)
        .await
        .unwrap();
    assert!(cache.put("a", value(2), LONGEST).await);
    until("the newer value is there", async || {
        cache.get("a").await == Some(value(2))
    })
    .await;
}
