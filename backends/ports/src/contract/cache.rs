//! What a cache must do.

use super::{Cache, SOON, suite};
use crate::cache::{Cached, LONGEST};
use bytes::Bytes;
use mediamesh_domain::position::Seq;
use std::time::Duration;
use tokio::time::{sleep, timeout};

suite! { $ cache_contract, cache:
    a_value_is_read_as_it_was_put,
    what_was_not_put_is_a_miss,
    keys_are_told_apart_whatever_is_in_them,
    a_newer_value_replaces_an_older_one_and_never_the_other_way,
    a_removal_takes_what_is_older_and_keeps_it_out,
    a_removal_leaves_what_is_as_new,
    a_removal_is_news_before_there_is_a_value,
    a_value_is_gone_after_its_time,
    of_concurrent_writers_the_newest_stays,
}

fn value(seq: i64, text: &str) -> Cached {
    Cached {
        seq: Seq(seq),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
    }
}

async fn put(of: &Cache, key: &str, seq: i64, text: &str) -> bool {
    of.cache.put(key, value(seq, text), LONGEST).await
}

async fn get(of: &Cache, key: &str) -> Option<Cached> {
    of.cache.get(key).await
}

/// A value is read as it was put.
pub async fn a_value_is_read_as_it_was_put(of: Cache) {
    let bytes: Bytes = (0..=255).cycle().take(70_000).collect();
    let whole = Cached {
        seq: Seq(i64::MAX),
        bytes,
    };
    assert!(of.cache.put("whole", whole.clone(), LONGEST).await);
    assert_eq!(get(&of, "whole").await, Some(whole));
    assert!(put(&of, "empty", 1, "").await);
    assert_eq!(get(&of, "empty").await, Some(value(1, "")));
}

/// What was not put is a miss.
pub async fn what_was_not_put_is_a_miss(of: Cache) {
    assert_eq!(get(&of, "a").await, None);
    of.cache.remove("a", Seq(1)).await;
    assert_eq!(get(&of, "a").await, None);
}

/// Keys are told apart, whatever is in them.
pub async fn keys_are_told_apart_whatever_is_in_them(of: Cache) {
    let long = "k".repeat(2_000);
    let keys = ["a", "A", "a b", "a\nb", "a/b", "برنامج", "*", "", &long];
    for (seq, key) in (1..).zip(keys) {
        assert!(put(&of, key, seq, key).await, "{key:?}");
    }
    for (seq, key) in (1..).zip(keys) {
        assert_eq!(get(&of, key).await, Some(value(seq, key)), "{key:?}");
    }
}

/// A newer value replaces an older one, and never the other way.
pub async fn a_newer_value_replaces_an_older_one_and_never_the_other_way(of: Cache) {
    assert!(put(&of, "a", 9, "nine").await);
    assert!(put(&of, "a", 10, "ten").await);
    assert!(!put(&of, "a", 9, "nine again").await);
    assert_eq!(get(&of, "a").await, Some(value(10, "ten")));
    assert!(put(&of, "a", 10, "ten again").await);
    assert_eq!(get(&of, "a").await, Some(value(10, "ten again")));
}

/// A removal takes what is older, and keeps it out.
pub async fn a_removal_takes_what_is_older_and_keeps_it_out(of: Cache) {
    assert!(put(&of, "a", 9, "nine").await);
    assert!(put(&of, "b", 9, "b").await);
    of.cache.remove("a", Seq(100)).await;
    assert_eq!(get(&of, "a").await, None);
    assert!(!put(&of, "a", 99, "read before, put after").await);
    assert_eq!(get(&of, "a").await, None);
    assert!(put(&of, "a", 100, "new").await);
    assert_eq!(get(&of, "a").await, Some(value(100, "new")));
    assert_eq!(get(&of, "b").await, Some(value(9, "b")));
}

/// A removal leaves what is as new.
pub async fn a_removal_leaves_what_is_as_new(of: Cache) {
    assert!(put(&of, "a", 9, "nine").await);
    for seq in [8, 9] {
        of.cache.remove("a", Seq(seq)).await;
        assert_eq!(get(&of, "a").await, Some(value(9, "nine")));
    }
}

/// A removal is news before there is a value.
pub async fn a_removal_is_news_before_there_is_a_value(of: Cache) {
    of.cache.remove("a", Seq(9)).await;
    // Word comes in any order.
    of.cache.remove("a", Seq(7)).await;
    assert!(!put(&of, "a", 8, "eight").await);
    assert_eq!(get(&of, "a").await, None);
    assert!(put(&of, "a", 9, "nine").await);
}

/// A value is gone after its time, and not before the time of another.
pub async fn a_value_is_gone_after_its_time(of: Cache) {
    assert!(put(&of, "long", 1, "long").await);
    let short = Duration::from_millis(20);
    assert!(of.cache.put("short", value(1, "short"), short).await);
    assert!(of.cache.put("shortened", value(1, "old"), LONGEST).await);
    assert!(of.cache.put("shortened", value(1, "new"), short).await);
    for key in ["short", "shortened"] {
        let gone = async {
            while of.cache.get(key).await.is_some() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, gone).await.expect("it is gone");
    }
    assert_eq!(get(&of, "long").await, Some(value(1, "long")));
}

/// Of concurrent writers the newest stays.
pub async fn of_concurrent_writers_the_newest_stays(of: Cache) {
    let writers = (1..=32).map(|writer| {
        let cache = of.cache.clone();
        // Not in order.
        let seq = (writer * 7) % 33;
        tokio::spawn(async move { cache.put("a", value(seq, "x"), LONGEST).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer");
    }
    assert_eq!(get(&of, "a").await, Some(value(32, "x")));
}
