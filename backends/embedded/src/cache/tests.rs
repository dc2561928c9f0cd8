//! The cache of memory, beyond the contract.

use super::*;
use mediamesh_ports::invalidations::{Changed, Fanout};

fn value(seq: i64) -> Cached {
    Cached {
        seq: Seq(seq),
        bytes: Bytes::from_static(b"value"),
    }
}

#[test]
fn nothing_is_kept_for_longer_than_the_longest_time() {
    let held = |ttl| Held {
        seq: Seq(1),
        bytes: None,
        ttl,
    };
    let (key, now) = (String::new(), Instant::now());
    let short = Duration::from_secs(1);
    let updated = Ttl.expire_after_update(&key, &held(short), now, Some(LONGEST));
    assert_eq!(updated, Some(short));
    assert_eq!(
        Ttl.expire_after_create(&key, &held(LONGEST), now),
        Some(LONGEST)
    );
}

#[tokio::test]
async fn a_longer_time_than_the_longest_is_cut() {
    let cache = Memory::new(1 << 20);
    cache.put("a", value(1), Duration::MAX).await;
    assert_eq!(cache.0.get("a").await.unwrap().ttl, LONGEST);
}

#[tokio::test]
async fn values_give_way_when_there_is_no_room() {
    let cache = Memory::new(100_000);
    for n in 0..2_000 {
        cache.put(&n.to_string(), value(1), LONGEST).await;
    }
    cache.0.run_pending_tasks().await;
    assert!(cache.0.weighted_size() <= 100_000);
    assert!(cache.0.entry_count() > 100);
}

#[tokio::test]
async fn a_follower_drops_what_changed_and_everything_when_word_was_lost() {
    let cache = Memory::new(1 << 20);
    let word = Fanout::new(8);
    let follower = tokio::spawn({
        let (cache, ear) = (cache.clone(), word.subscribe());
        async move { cache.follow(ear).await }
    });
    for key in ["a", "b"] {
        cache.put(key, value(1), LONGEST).await;
    }
    let gone = async |key: &str| {
        let gone = async {
            while cache.get(key).await.is_some() {
                tokio::task::yield_now().await;
            }
        };
        let soon = Duration::from_secs(10);
        tokio::time::timeout(soon, gone).await.expect("it is gone");
    };
    let (key, seq) = ("a".to_owned(), Seq(2));
    word.tell(Heard::Changed(Changed { key, seq }));
    gone("a").await;
    assert!(cache.get("b").await.is_some());
    word.tell(Heard::Lost);
    gone("b").await;
    // Older values may come again: everything was forgotten, removals too.
    assert!(cache.put("b", value(1), LONGEST).await);
    drop(word);
    follower.await.unwrap();
}
