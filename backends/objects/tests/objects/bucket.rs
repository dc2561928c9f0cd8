//! What a bucket does beyond the contract.

use super::support::{of, open, settings};
use mediamesh_ports::objects::{Error, Objects};

#[tokio::test]
async fn stores_that_share_a_bucket_see_their_own_objects_alone() {
    let one = settings().await;
    let mut other = one.clone();
    other.prefix.push_str("deeper/");
    let (one, other) = (open(&one), open(&other));
    one.put("a", b"one".to_vec()).await.unwrap();
    other.put("a", b"other".to_vec()).await.unwrap();
    assert_eq!(one.get("a").await.unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(other.list("", "", 9).await.unwrap(), ["a"]);
    other.delete("a").await.unwrap();
    assert_eq!(one.list("", "", 9).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn a_list_that_is_longer_than_a_page_of_the_store_is_whole() {
    let store = std::sync::Arc::new(open(&settings().await));
    let names: Vec<String> = (0..1003).map(|n| format!("n/{n:04}")).collect();
    for some in names.chunks(40) {
        let puts = some.iter().cloned().map(|name| {
            let store = store.clone();
            tokio::spawn(async move { store.put(&name, b"x".to_vec()).await })
        });
        for put in puts.collect::<Vec<_>>() {
            put.await.unwrap().unwrap();
        }
    }
    assert_eq!(store.list("n/", "", 2000).await.unwrap(), names);
    assert_eq!(
        store.list("n/1", "n/1000", 2000).await.unwrap(),
        names[1001..]
    );
}

#[tokio::test]
async fn a_bucket_that_is_not_there_does_not_read_as_an_empty_one() {
    let store = open(&of("mediamesh-nobody-made-this-one"));
    let is_transient = |answer: Option<Error>| matches!(answer, Some(Error::Transient(_)));
    assert!(is_transient(store.get("a").await.err()));
    assert!(is_transient(store.put("a", b"x".to_vec()).await.err()));
    assert!(is_transient(store.list("", "", 9).await.err()));
}
