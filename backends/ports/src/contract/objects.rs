//! What an object store must do.

use super::{ObjectStore, suite};
use crate::objects::Error;

suite! { $ objects_contract, objects:
    an_object_is_read_as_it_was_written,
    an_object_that_is_not_there_is_none,
    a_second_write_replaces_the_first,
    a_removed_object_is_gone,
    names_are_listed_in_order_a_page_at_a_time,
    a_prefix_need_not_end_at_a_slash,
    names_that_lead_elsewhere_are_refused,
    concurrent_writes_of_one_name_leave_one_of_them_whole,
}

async fn put(store: &ObjectStore, name: &str, bytes: &[u8]) {
    store.objects.put(name, bytes.to_vec()).await.expect("put");
}

async fn get(store: &ObjectStore, name: &str) -> Option<Vec<u8>> {
    store.objects.get(name).await.expect("get")
}

async fn list(store: &ObjectStore, prefix: &str, after: &str, limit: usize) -> Vec<String> {
    let names = store.objects.list(prefix, after, limit).await;
    names.expect("list")
}

/// An object is read as it was written.
pub async fn an_object_is_read_as_it_was_written(store: ObjectStore) {
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 253) as u8).collect();
    put(&store, "raw/ab/cd-1_2.bin", &bytes).await;
    put(&store, "empty", b"").await;
    assert_eq!(get(&store, "raw/ab/cd-1_2.bin").await, Some(bytes));
    assert_eq!(get(&store, "empty").await, Some(Vec::new()));
}

/// An object that is not there is none.
pub async fn an_object_that_is_not_there_is_none(store: ObjectStore) {
    put(&store, "a/b", b"x").await;
    for name in ["nothing", "a", "a/c", "a/b/c"] {
        assert_eq!(get(&store, name).await, None, "{name}");
    }
}

/// A second write replaces the first.
pub async fn a_second_write_replaces_the_first(store: ObjectStore) {
    put(&store, "a/b", b"a long first one").await;
    put(&store, "a/b", b"second").await;
    assert_eq!(get(&store, "a/b").await.as_deref(), Some(&b"second"[..]));
}

/// A removed object is gone.
pub async fn a_removed_object_is_gone(store: ObjectStore) {
    put(&store, "a/b", b"x").await;
    for _ in 0..2 {
        store.objects.delete("a/b").await.expect("delete");
        assert_eq!(get(&store, "a/b").await, None);
    }
    assert_eq!(list(&store, "", "", 9).await, [""; 0]);
}

/// Names are listed in order, a page at a time.
pub async fn names_are_listed_in_order_a_page_at_a_time(store: ObjectStore) {
    let mut names = ["b/2", "a-1", "a/1", "b/10", "b", "c/d/e", "a/0", "b-"];
    for name in names {
        put(&store, name, b"x").await;
    }
    names.sort_unstable();
    assert_eq!(list(&store, "", "", 99).await, names);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = list(&store, "", &after, 2).await;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        seen.extend(page);
    }
    assert_eq!(seen, names);
}

/// A prefix need not end at a slash.
pub async fn a_prefix_need_not_end_at_a_slash(store: ObjectStore) {
    for name in ["ab/1", "abc", "ac/1", "ab-2", "x/ab"] {
        put(&store, name, b"x").await;
    }
    assert_eq!(list(&store, "ab", "", 9).await, ["ab-2", "ab/1", "abc"]);
    assert_eq!(list(&store, "ab/", "", 9).await, ["ab/1"]);
    assert_eq!(list(&store, "ab", "ab-2", 9).await, ["ab/1", "abc"]);
    assert_eq!(list(&store, "none/", "", 9).await, [""; 0]);
}

/// Names that lead elsewhere are refused.
pub async fn names_that_lead_elsewhere_are_refused(store: ObjectStore) {
    let names = [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", ".a", "a/.b", "A", "a b",
        "a\\b", "a\0", "ü", "a:b",
    ];
    for name in names {
        let put = store.objects.put(name, b"x".to_vec()).await;
        assert!(matches!(put, Err(Error::BadName(_))), "{name:?}");
        let get = store.objects.get(name).await;
        assert!(matches!(get, Err(Error::BadName(_))), "{name:?}");
        let delete = store.objects.delete(name).await;
        assert!(matches!(delete, Err(Error::BadName(_))), "{name:?}");
    }
    assert_eq!(list(&store, "../", "", 9).await, [""; 0]);
    assert_eq!(list(&store, "", "", 9).await, [""; 0]);
}

/// Concurrent writes of one name leave one of them whole.
pub async fn concurrent_writes_of_one_name_leave_one_of_them_whole(store: ObjectStore) {
    let writers = (0..8_u8).map(|writer| {
        let objects = store.objects.clone();
        tokio::spawn(async move { objects.put("a/b", vec![writer; 200_000]).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer").expect("put");
    }
    let bytes = get(&store, "a/b").await.expect("one of them");
    assert_eq!(bytes.len(), 200_000);
    assert!(bytes.iter().all(|byte| *byte == bytes[0]));
    assert_eq!(list(&store, "", "", 9).await, ["a/b"]);
}
