//! The views' guard: whatever the order of writes, the newest of each row stays.

use super::support::open;
use mediamesh_domain::position::Seq;
use mediamesh_domain::view::{Row, RowKey, RowWrite, Table, View, ViewVersion};
use mediamesh_embedded::Embedded;
use mediamesh_ports::view_store::{Order, Range, ReadViews, WriteViews};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const VIEW: ViewVersion = ViewVersion {
    view: View::Catalog,
    version: 1,
};

/// clustering key, seq, body (none: removed)
type Change = (u8, i64, Option<u8>);

async fn write(log: &Embedded, partition_key: &str, changes: &[Change], at_once: usize) {
    for changes in changes.chunks(at_once) {
        let rows = changes.iter().map(|(key, seq, body)| RowWrite {
            key: RowKey::new(Table::Episodes, partition_key, vec![*key]),
            seq: Seq(*seq),
            value: body.map(|body| (b"{}".to_vec(), vec![body])),
        });
        log.apply(VIEW, rows.collect()).await.expect("apply");
    }
}

async fn rows(log: &Embedded, partition_key: &str) -> Vec<(Vec<u8>, Row)> {
    let range = Range {
        table: Table::Episodes,
        partition_key: partition_key.as_bytes().to_vec(),
        after: None,
        order: Order::Ascending,
        limit: 1000,
    };
    log.range(VIEW, &range).await.expect("range")
}

#[test]
fn any_order_and_any_repetition_of_writes_gives_the_same_rows() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (log, _dir) = open();
    let change = (0..4_u8, 0..6_i64, proptest::option::of(any::<u8>()));
    let changes = proptest::collection::vec(change, 1..25);
    let orders = changes.prop_flat_map(|changes| {
        let repeated = [changes.clone(), changes.clone()].concat();
        (Just(changes), Just(repeated).prop_shuffle(), 1..9_usize)
    });
    let case = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config::with_cases(100));
    let result = runner.run(&orders, |(changes, shuffled, at_once)| {
        case.set(case.get() + 1);
        let (one, other) = (format!("a{}", case.get()), format!("b{}", case.get()));
        runtime.block_on(async {
            write(&log, &one, &changes, 1).await;
            write(&log, &other, &shuffled, at_once).await;
            prop_assert_eq!(rows(&log, &one).await, rows(&log, &other).await);
            for (key, row) in rows(&log, &one).await {
                let of_key = changes.iter().filter(|(k, ..)| key == [*k]);
                let newest = of_key.map(|(_, seq, _)| *seq).max();
                prop_assert_eq!(Some(row.seq.0), newest);
            }
            Ok(())
        })
    });
    result.expect("any order gives the same rows");
}
