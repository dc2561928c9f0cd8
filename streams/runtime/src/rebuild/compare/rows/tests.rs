//! Comparing on a store whose order has nothing to do with that of keys.

use super::*;
use async_trait::async_trait;
use mediamesh_domain::position::Seq;
use mediamesh_domain::view::View;
use mediamesh_ports::view_store::{Error, Range};
use std::ops::Bound;

const VERSIONS: [ViewVersion; 2] = [
    ViewVersion {
        view: View::Catalog,
        version: 1,
    },
    ViewVersion {
        view: View::Catalog,
        version: 2,
    },
];

/// Rows in the order of a hash of their keys.
#[derive(Default)]
struct Hashed([BTreeMap<(u64, RowKey), Row>; 2]);

fn place(key: &RowKey) -> (u64, RowKey) {
    let mixed = key.partition_key.iter().fold(7_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    });
    (mixed, key.clone())
}

fn key(n: usize) -> RowKey {
    RowKey::new(Table::Documents, n.to_string(), "")
}

impl Hashed {
    fn put(&mut self, side: usize, n: usize, body: &str) {
        let row = Row {
            seq: Seq(1),
            meta: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        self.0[side].insert(place(&key(n)), row);
    }

    fn of(&self, view: ViewVersion) -> &BTreeMap<(u64, RowKey), Row> {
        &self.0[usize::from(view == VERSIONS[1])]
    }
}

#[async_trait]
impl ReadViews for Hashed {
    async fn get(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, Error> {
        Ok(self.of(view).get(&place(key)).cloned())
    }

    async fn range(&self, _: ViewVersion, _: &Range) -> Result<Vec<(Vec<u8>, Row)>, Error> {
        unreachable!("nothing asks for a range")
    }

    async fn dump(
        &self,
        view: ViewVersion,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<(RowKey, Row)>, Error> {
        let low = after.map_or(Bound::Unbounded, |key| Bound::Excluded(place(key)));
        let rows = self.of(view).range((low, Bound::Unbounded)).take(limit);
        Ok(rows
            .map(|((_, key), row)| (key.clone(), row.clone()))
            .collect())
    }
}

async fn compared(store: &Hashed) -> (usize, usize, usize, usize) {
    let compared = compare_rows(store, VERSIONS[0], VERSIONS[1]).await.unwrap();
    assert!(compared.named.is_sorted());
    (
        compared.equal,
        compared.only_old,
        compared.only_new,
        compared.different,
    )
}

#[tokio::test]
async fn rows_are_found_on_both_sides_in_any_order() {
    let mut store = Hashed::default();
    for n in 0..3_500 {
        store.put(0, n, "same");
        store.put(1, n, "same");
    }
    assert_eq!(compared(&store).await, (3_500, 0, 0, 0));
    store.put(0, 4_000, "old alone");
    store.put(1, 4_001, "new alone");
    store.put(1, 17, "different");
    assert_eq!(compared(&store).await, (3_499, 1, 1, 1));
}

#[tokio::test]
async fn rows_that_come_far_apart_are_told_right() {
    let mut store = Hashed::default();
    let count = 3 * WAITING;
    for n in 0..count {
        store.put(0, n, "same");
    }
    // The new side lacks the first half of the order, so it is ahead by that much.
    let second_half: Vec<_> = store.0[0].keys().skip(count / 2).cloned().collect();
    for (_, key) in &second_half {
        let row = store.0[0][&place(key)].clone();
        store.0[1].insert(place(key), row);
    }
    let there = second_half.len();
    assert_eq!(compared(&store).await, (there, count - there, 0, 0));
}

#[tokio::test]
async fn what_a_version_notes_about_itself_is_not_compared() {
    let mut store = Hashed::default();
    store.put(0, 1, "same");
    store.put(1, 1, "same");
    for (side, body) in [(0, "this batch"), (1, "another batch")] {
        let key = RowKey::new(Table::RowKeys, "live/episode/1", "");
        let row = Row {
            seq: Seq(1),
            meta: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        store.0[side].insert(place(&key), row);
    }
    assert_eq!(compared(&store).await, (1, 0, 0, 0));
}
