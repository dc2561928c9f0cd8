//! What becomes of writes that are refused, cut off, or meet an index that is not as it must be.

use crate::support::{Place, VIEW, all, at, episode, everything, simple, standing, titles, write};
use elasticsearch::http::Method;
use mediamesh_domain::position::Position;
use mediamesh_domain::text::SearchDocument;
use mediamesh_elasticsearch::{SearchIndex, Settings};
use mediamesh_ports::search_index::{Error, ReadSearch, SearchWrite, WriteSearch};
use std::time::{Duration, Instant};

/// A write that no index takes: the tag is longer than any term may be.
fn refused(number: u128, seq: i64) -> SearchWrite {
    let document = SearchDocument {
        tags: vec!["x".repeat(40_000)],
        ..episode(number, "refused")
    };
    write(number, seq, vec![document])
}

#[tokio::test]
async fn a_document_that_is_refused_stops_none_of_its_neighbours() {
    let place = Place::new();
    let index = place.open();
    let applied = index
        .apply(VIEW, vec![simple(1, 1), refused(2, 2), simple(3, 3)])
        .await;
    let Err(Error::Permanent(reason)) = applied else {
        panic!("{applied:?}");
    };
    assert!(reason.contains("00000002/en"), "{reason}");
    index.flush(VIEW, &at(0, 3)).await.expect("flushed");
    assert_eq!(standing(&index).await, [(1, 1), (3, 3)]);

    // What the runtime does next: each by itself, and the refused one once its cause is mended.
    index
        .apply(VIEW, vec![simple(1, 1)])
        .await
        .expect("a repeat is taken");
    let again = index.apply(VIEW, vec![refused(2, 2)]).await;
    assert!(matches!(again, Err(Error::Permanent(_))), "{again:?}");
    index
        .apply(VIEW, vec![simple(2, 2)])
        .await
        .expect("taken once it is mended");
    index.flush(VIEW, &at(0, 3)).await.expect("flushed");
    assert_eq!(standing(&index).await, [(1, 1), (2, 2), (3, 3)]);
}

#[tokio::test]
async fn a_crash_between_apply_and_flush_loses_nothing_and_doubles_nothing() {
    let place = Place::new();
    let log = [
        simple(1, 1),
        simple(2, 2),
        write(2, 3, Vec::new()),
        simple(1, 4),
        simple(3, 5),
    ];
    let first = place.open();
    first
        .apply(VIEW, log[..2].to_vec())
        .await
        .expect("taken in");
    first.flush(VIEW, &at(0, 2)).await.expect("flushed");
    for write in &log[2..] {
        first
            .apply(VIEW, vec![write.clone()])
            .await
            .expect("taken in");
    }
    drop(first);

    let second = place.open();
    assert_eq!(second.progress(VIEW).await.expect("known"), at(0, 2));
    assert_eq!(
        standing(&second).await,
        [(1, 1), (2, 2)],
        "nothing is shown before a flush"
    );
    for write in &log {
        second
            .apply(VIEW, vec![write.clone()])
            .await
            .expect("taken in again");
    }
    second.flush(VIEW, &at(0, 5)).await.expect("flushed");
    assert_eq!(standing(&second).await, [(1, 4), (3, 5)]);
    assert_eq!(second.progress(VIEW).await.expect("known"), at(0, 5));
}

#[tokio::test]
async fn nothing_is_made_for_a_reader() {
    let place = Place::new();
    let index = place.open();
    assert_eq!(all(&index).await.total, 0);
    assert_eq!(
        index.progress(VIEW).await.expect("known"),
        Position::default()
    );
    index
        .drop_version(VIEW)
        .await
        .expect("there is nothing to remove");
    assert_eq!(place.indices().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_index_that_has_gone_is_not_filled_from_the_middle() {
    let place = Place::new();
    let index = place.open();
    index
        .apply(VIEW, vec![simple(1, 1)])
        .await
        .expect("taken in");
    index.flush(VIEW, &at(0, 1)).await.expect("flushed");
    let operator = place.open();
    operator
        .drop_version(VIEW)
        .await
        .expect("removed behind its back");
    let applied = index.apply(VIEW, vec![simple(2, 2)]).await;
    assert!(matches!(applied, Err(Error::Transient(_))), "{applied:?}");
    let flushed = index.flush(VIEW, &at(0, 2)).await;
    assert!(matches!(flushed, Err(Error::Transient(_))), "{flushed:?}");
    assert_eq!(
        place.indices().await,
        Vec::<String>::new(),
        "nor is one made by a guess"
    );
    let started_anew = place.open();
    assert_eq!(
        started_anew.progress(VIEW).await.expect("known"),
        Position::default()
    );
    started_anew
        .apply(VIEW, vec![simple(1, 1)])
        .await
        .expect("a rebuild fills it");
}

#[tokio::test]
async fn an_index_of_another_form_is_left_alone() {
    let place = Place::new();
    let (index, alias) = (place.open(), format!("{}search-v1", place.settings.prefix));
    let other =
        format!(r#"{{"aliases":{{"{alias}":{{}}}},"mappings":{{"_meta":{{"format":99}}}}}}"#);
    let (status, _) = place
        .raw(Method::Put, &format!("/{alias}-000001"), &other)
        .await;
    assert_eq!(status, 200);
    let applied = index.apply(VIEW, vec![simple(1, 1)]).await;
    let Err(Error::Transient(reason)) = applied else {
        panic!("{applied:?}");
    };
    assert!(reason.contains("format 99"), "{reason}");
}

#[tokio::test]
async fn documents_are_strict_and_their_tokens_are_not_stored() {
    let place = Place::new();
    let index = place.open();
    index
        .apply(VIEW, vec![simple(1, 1)])
        .await
        .expect("taken in");
    index.flush(VIEW, &at(0, 1)).await.expect("flushed");
    let alias = format!("{}search-v1", place.settings.prefix);
    let (status, _) = place
        .raw(Method::Put, &format!("/{alias}/_doc/x"), r#"{"other":1}"#)
        .await;
    assert_eq!(status, 400);
    let id = titles(&index).await[0].0;
    let path = format!("/{alias}/_doc/live%2F{}%2Fen", uuid::Uuid::from_u128(id));
    let (status, stored) = place.raw(Method::Get, &path, "").await;
    assert_eq!(status, 200);
    assert!(
        stored.contains("\"document\"") && !stored.contains("title_exact"),
        "{stored}"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_told_within_the_deadline() {
    let deadline = Duration::from_millis(300);
    let index = SearchIndex::new(Settings {
        urls: vec!["http://127.0.0.1:9".to_owned()],
        search_deadline: deadline,
        write_deadline: deadline,
        ..Settings::default()
    });
    let index = index.expect("the settings are right");
    let began = Instant::now();
    let found = index.search(VIEW, &everything()).await;
    assert!(matches!(found, Err(Error::Transient(_))), "{found:?}");
    let applied = index.apply(VIEW, vec![simple(1, 1)]).await;
    assert!(matches!(applied, Err(Error::Transient(_))), "{applied:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}
