//! The contract, and what only this index promises.

use super::*;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::text::{DocumentKind, SearchDocument, TextField};
use mediamesh_ports::contract;
use mediamesh_ports::search_index::{Filters, Sort};
use tempfile::TempDir;
use uuid::Uuid;

fn empty() -> contract::SearchIndex {
    let dir = TempDir::new().expect("a directory");
    let index = Arc::new(open(&dir));
    contract::SearchIndex {
        read: Arc::<SearchIndex>::clone(&index),
        write: index,
        keep: Box::new(dir),
    }
}

mediamesh_ports::search_index_contract!(empty);

const VIEW: ViewVersion = ViewVersion {
    view: View::Search,
    version: 1,
};

fn open(dir: &TempDir) -> SearchIndex {
    let (index, recreated) = reopen(dir);
    assert_eq!(recreated, []);
    index
}

fn reopen(dir: &TempDir) -> (SearchIndex, Vec<Recreated>) {
    let options = Options {
        memory_bytes: 15_000_000,
        threads: 1,
    };
    SearchIndex::open(dir.path(), options).expect("the index opens")
}

fn write(number: u128, seq: i64) -> SearchWrite {
    let id = Uuid::from_u128(number);
    let document = SearchDocument::new(id, DocumentKind::Program, id, "en")
        .with_text(TextField::Title, format!("Program {number}"));
    SearchWrite {
        lane: Lane::Live,
        id,
        seq: Seq(seq),
        documents: vec![document],
    }
}

fn at(seq: i64) -> Position {
    Position::at(Partition(3), Seq(seq))
}

async fn filled(dir: &TempDir) -> SearchIndex {
    let index = open(dir);
    index
        .apply(VIEW, vec![write(1, 1)])
        .await
        .expect("taken in");
    index.flush(VIEW, &at(1)).await.expect("flushed");
    index
}

async fn total(index: &SearchIndex) -> usize {
    let request = SearchRequest {
        lane: Lane::Live,
        tiers: Vec::new(),
        filters: Filters::default(),
        sort: Sort::Newest,
        offset: 0,
        limit: 10,
        facets: Vec::new(),
    };
    index.search(VIEW, &request).await.expect("found").total
}

#[tokio::test]
async fn what_was_flushed_is_there_after_a_restart_and_the_rest_is_not() {
    let dir = TempDir::new().expect("a directory");
    let index = filled(&dir).await;
    index
        .apply(VIEW, vec![write(2, 2)])
        .await
        .expect("taken in");
    drop(index);
    let index = open(&dir);
    assert_eq!(index.progress(VIEW).await.expect("known"), at(1));
    assert_eq!(total(&index).await, 1);
    let replayed = vec![write(1, 1), write(2, 2)];
    index.apply(VIEW, replayed).await.expect("taken in");
    index.flush(VIEW, &at(2)).await.expect("flushed");
    assert_eq!(total(&index).await, 2);
}

#[tokio::test]
async fn a_damaged_index_is_made_anew_and_says_so() {
    for damage in ["meta.json", "term", "store", "fast"] {
        let dir = TempDir::new().expect("a directory");
        drop(filled(&dir).await);
        let version = dir.path().join("search.v1");
        for entry in fs::read_dir(&version).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.to_string_lossy().ends_with(damage) {
                fs::write(&path, "not what was written").expect("damaged");
            }
        }
        let (index, recreated) = reopen(&dir);
        assert_eq!(recreated.len(), 1, "{damage}");
        assert_eq!(recreated[0].version, VIEW);
        assert_eq!(total(&index).await, 0);
        assert_eq!(
            index.progress(VIEW).await.expect("known"),
            Position::default()
        );
        index
            .apply(VIEW, vec![write(1, 1)])
            .await
            .expect("taken in");
        index.flush(VIEW, &at(1)).await.expect("flushed");
        drop(index);
        assert_eq!(total(&open(&dir)).await, 1);
    }
}

#[tokio::test]
async fn a_missing_segment_or_an_empty_directory_is_made_anew() {
    for only in [Some("idx"), None] {
        let dir = TempDir::new().expect("a directory");
        drop(filled(&dir).await);
        for entry in fs::read_dir(dir.path().join("search.v1")).expect("listed") {
            let path = entry.expect("an entry").path();
            if only.is_none_or(|end| path.to_string_lossy().ends_with(end)) {
                fs::remove_file(&path).expect("removed");
            }
        }
        let (index, recreated) = reopen(&dir);
        assert_eq!(recreated.len(), 1, "{only:?}");
        assert_eq!(total(&index).await, 0);
    }
}

#[tokio::test]
async fn an_index_that_was_never_there_is_empty_and_nothing_is_made_for_a_reader() {
    let dir = TempDir::new().expect("a directory");
    let index = open(&dir);
    assert_eq!(total(&index).await, 0);
    assert_eq!(
        index.progress(VIEW).await.expect("known"),
        Position::default()
    );
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 0);
}

#[tokio::test]
async fn a_second_writer_on_the_directory_is_refused_for_now() {
    let dir = TempDir::new().expect("a directory");
    let first = filled(&dir).await;
    let second = open(&dir);
    let refused = second.apply(VIEW, vec![write(2, 2)]).await;
    assert!(matches!(refused, Err(Error::Transient(_))), "{refused:?}");
    drop(first);
    let lost = second.flush(VIEW, &at(2)).await;
    assert!(matches!(lost, Err(Error::Transient(_))), "{lost:?}");
    second
        .apply(VIEW, vec![write(2, 2)])
        .await
        .expect("taken in");
    second.flush(VIEW, &at(2)).await.expect("flushed");
    assert_eq!(total(&second).await, 2);
}

#[test]
fn directories_with_other_names_are_left_alone() {
    assert_eq!(version_of("search.v1"), Some(VIEW));
    for name in [
        "search",
        "search.v",
        "search.v01",
        "other.v1",
        "search.v1.old",
    ] {
        assert_eq!(version_of(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_range_finds_nothing_in_segments_that_lie_above_or_below_it() {
    let dir = TempDir::new().expect("a directory");
    let index = open(&dir);
    for (seq, durations) in [(1, [100, 200]), (2, [3_000, 4_000])] {
        let writes = durations.map(|duration| {
            let mut write = write(duration, seq);
            write.documents[0].duration_s = i64::try_from(duration).ok();
            write
        });
        index.apply(VIEW, writes.to_vec()).await.expect("taken in");
        index.flush(VIEW, &at(seq)).await.expect("flushed");
    }
    for ((from, until), found) in [
        ((50, 99), 0),
        ((201, 2_999), 0),
        ((200, 3_000), 2),
        ((4_001, 9_000), 0),
        ((0, 9_000), 4),
    ] {
        let request = SearchRequest {
            lane: Lane::Live,
            tiers: Vec::new(),
            filters: Filters {
                min_duration_s: Some(from),
                max_duration_s: Some(until),
                ..Filters::default()
            },
            sort: Sort::Newest,
            offset: 0,
            limit: 10,
            facets: Vec::new(),
        };
        let answer = index.search(VIEW, &request).await.expect("found");
        assert_eq!(answer.total, found, "{from} to {until}");
    }
}
