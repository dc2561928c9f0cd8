//! The cluster keeps the newest of each row by itself, whatever the order of writes.

use super::support::{Keyspace, VIEW, key, removal, write};
use mediamesh_domain::position::Seq;
use mediamesh_domain::view::{Row, RowKey, RowWrite, Table};
use mediamesh_ports::view_store::{Error, Order, Range, ReadViews, WriteViews};
use mediamesh_scylla::Views;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// clustering key, seq, body (none: removed)
type Change = (u8, i64, Option<u8>);

async fn rows(views: &Views, partition_key: &str, limit: usize) -> Vec<(Vec<u8>, Row)> {
    let range = Range {
        table: Table::Episodes,
        partition_key: partition_key.as_bytes().to_vec(),
        after: None,
        order: Order::Ascending,
        limit,
    };
    views.range(VIEW, &range).await.expect("range")
}

async fn put(views: &Views, partition_key: &str, changes: &[Change], at_once: usize) {
    for changes in changes.chunks(at_once) {
        let rows = changes.iter().map(|(key, seq, body)| RowWrite {
            key: RowKey::new(Table::Episodes, partition_key, vec![*key]),
            seq: Seq(*seq),
            value: body.map(|body| (vec![body], vec![body])),
        });
        views.apply(VIEW, rows.collect()).await.expect("apply");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_and_any_repetition_of_writes_gives_the_same_rows() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let change = (0..4_u8, 0..6_i64, proptest::option::of(any::<u8>()));
    let orders = proptest::collection::vec(change, 1..25).prop_flat_map(|changes| {
        let repeated = [changes.clone(), changes.clone()].concat();
        (Just(changes), Just(repeated).prop_shuffle(), 1..9_usize)
    });
    let mut runner = TestRunner::deterministic();
    for case in 0..25 {
        let drawn = orders.new_tree(&mut runner).expect("a case").current();
        let (changes, shuffled, at_once) = &drawn;
        let (one, other) = (format!("a{case}"), format!("b{case}"));
        put(&views, &one, changes, 1).await;
        put(&views, &other, shuffled, *at_once).await;
        let found = rows(&views, &one, 1_000).await;
        assert_eq!(found, rows(&views, &other, 1_000).await, "{drawn:?}");
        for (key, row) in found {
            let of_key = changes.iter().filter(|(k, ..)| key == [*k]);
            let newest = of_key.map(|(_, seq, _)| *seq).max();
            assert_eq!(Some(row.seq.0), newest, "{drawn:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_leaves_cells_that_live_so_that_nothing_forgets_it() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let gone = vec![write(key("p", "c"), 3, "a"), removal(key("p", "c"), 5)];
    views.apply(VIEW, gone).await.expect("apply");
    // A tombstone is dropped by a compaction after `gc_grace_seconds`, and older writes then count again. What
    // stands here are cells, written at the removal's seq and without an end.
    let statement = format!(
        "SELECT seq, WRITETIME(seq), removed, WRITETIME(removed), TTL(removed), content, \
         WRITETIME(content) FROM {}.catalog_v1_episodes",
        keyspace.settings.keyspace
    );
    let found = keyspace.session.query_unpaged(statement, ()).await;
    let found = found.expect("rows").into_rows_result().expect("rows");
    type Cells = (i64, i64, bool, i64, Option<i32>, Vec<u8>, i64);
    let cells = found.single_row::<Cells>().expect("one row");
    assert_eq!(cells, (5, 5, true, 5, None, vec![0], 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_finds_its_rows_behind_pages_of_removed_ones() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    let name = |n: i32| format!("{n:04}");
    let removed = (0..450).map(|n| removal(key("p", &name(n)), 1));
    let kept = (450..453).map(|n| write(key("p", &name(n)), 1, "kept"));
    let all = removed.chain(kept).collect();
    views.apply(VIEW, all).await.expect("apply");
    let found = rows(&views, "p", 2).await;
    let found: Vec<_> = found.into_iter().map(|(key, _)| key).collect();
    assert_eq!(found, [b"0450", b"0451"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negative_seq_and_a_key_that_is_too_long_are_refused_for_good() {
    let keyspace = Keyspace::new().await;
    let views = keyspace.views().await;
    for row in [
        write(key("p", "c"), -1, "a"),
        write(key(&"p".repeat(70_000), "c"), 1, "a"),
    ] {
        let refused = views.apply(VIEW, vec![row]).await;
        assert!(matches!(refused, Err(Error::Permanent(_))), "{refused:?}");
    }
    assert_eq!(rows(&views, "p", 9).await, []);
}
