use super::*;
use crate::scripted::{server, settings};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::View;
use mediamesh_ports::search_index::{self, WriteSearch};

const MAPPING: (u16, &str) = (200, r#"{"i":{"mappings":{"_meta":{"format":1}}}}"#);
const REFRESHED: (u16, &str) = (200, r#"{"_shards":{"total":2,"successful":2,"failed":0}}"#);
const NOT_REFRESHED: (u16, &str) = (200, r#"{"_shards":{"total":2,"successful":1,"failed":1}}"#);
const STANDS: (u16, &str) = (
    200,
    r#"{"docs":[{"found":true,"_seq_no":4,"_primary_term":2,"_source":{"progress":{"0":9,"1":3}}}]}"#,
);
const CONFLICT: (u16, &str) = (200, r#"{"errors":true,"items":[{"index":{"status":409}}]}"#);
const WRITTEN: (u16, &str) = (
    200,
    r#"{"errors":false,"items":[{"index":{"status":200}}]}"#,
);

/// Flushes partition 1 at 5; what came of it, and the path and body of each request.
async fn flush(
    answers: &[(u16, &str)],
) -> (Result<(), search_index::Error>, Vec<(String, String)>) {
    let (url, asked) = server(answers).await;
    let index = SearchIndex::new(settings(&url)).expect("the settings are right");
    let view = ViewVersion::new(View::Search, 1);
    let flushed = index.flush(view, &Position::at(Partition(1), Seq(5))).await;
    let asked = asked.lock().expect("whole").clone();
    let requests = asked.into_iter().map(|(head, body)| {
        let path = head.split([' ', '?']).nth(1).expect("a path");
        (path.rsplit('/').next().expect("its end").to_owned(), body)
    });
    (flushed, requests.collect())
}

#[tokio::test]
async fn progress_is_noted_after_the_refresh_and_over_what_was_read() {
    let (flushed, asked) = flush(&[MAPPING, REFRESHED, STANDS, CONFLICT, STANDS, WRITTEN]).await;
    flushed.expect("flushed");
    let paths: Vec<&str> = asked.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        ["_mapping", "_refresh", "_mget", "_bulk", "_mget", "_bulk"]
    );
    let noted = "{\"index\":{\"_id\":\"progress\",\"if_seq_no\":4,\"if_primary_term\":2}}\n\
                 {\"progress\":{\"0\":9,\"1\":5}}\n";
    assert_eq!(asked[5].1, noted);
}

#[tokio::test]
async fn nothing_is_noted_where_a_shard_was_not_refreshed() {
    let (flushed, asked) = flush(&[MAPPING, NOT_REFRESHED]).await;
    assert!(
        matches!(flushed, Err(search_index::Error::Transient(_))),
        "{flushed:?}"
    );
    assert_eq!(asked.len(), 2);
}
