//! How a row stands in a view's keyspace.
//!
//! Key: the table's number, the partition key (0 escaped as 0 255, ended by 0 0), the clustering key: byte
//! order is the order of table, partition key, clustering key. Value: `seq` (8 bytes), then `0` where the row
//! was removed, or `1`, the meta after its length, the body. Progress stands under table number 0.

use crate::frame::{read_bytes, write_bytes};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::{Row, RowKey, Table};

/// Before every row, after progress.
pub(super) const FIRST: &[u8] = &[1];

/// The numbers of the tables stand in stored keys and never change; their order is that of [`Table`].
fn number(table: Table) -> u8 {
    match table {
        Table::Documents => 1,
        Table::Programs => 2,
        Table::Episodes => 3,
        Table::History => 4,
        Table::Verdicts => 5,
        Table::Runs => 6,
        Table::RowKeys => 7,
        Table::Timeline => 8,
        Table::RunTallies => 9,
        Table::RunReports => 10,
        Table::RunLists => 11,
        Table::SourceHealth => 12,
    }
}

/// What the keys of a partition key's rows start with.
pub(super) fn partition(table: Table, partition_key: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(partition_key.len() + 40);
    key.push(number(table));
    for byte in partition_key {
        key.push(*byte);
        if *byte == 0 {
            key.push(0xff);
        }
    }
    key.extend_from_slice(&[0, 0]);
    key
}

/// The first key after all that start with what [`partition`] gave.
pub(super) fn after(prefix: &[u8]) -> Vec<u8> {
    let mut after = prefix.to_vec();
    if let Some(last) = after.last_mut() {
        // A prefix ends with 0.
        *last = 1;
    }
    after
}

/// A row's key.
pub(super) fn key(key: &RowKey) -> Vec<u8> {
    let mut bytes = partition(key.table, &key.partition_key);
    bytes.extend_from_slice(&key.clustering_key);
    bytes
}

/// Reads a key that [`key`] wrote.
pub(super) fn parse_key(bytes: &[u8]) -> Option<RowKey> {
    let (first, mut rest) = bytes.split_first()?;
    let table = Table::ALL.into_iter().find(|t| number(*t) == *first)?;
    let mut partition_key = Vec::new();
    loop {
        match rest {
            [0, 0, clustering @ ..] => return Some(RowKey::new(table, partition_key, clustering)),
            [0, 0xff, after @ ..] => {
                partition_key.push(0);
                rest = after;
            }
            [0, ..] | [] => return None,
            [byte, after @ ..] => {
                partition_key.push(*byte);
                rest = after;
            }
        }
    }
}

/// Where the progress of a partition stands.
pub(super) fn progress(partition: Partition) -> [u8; 5] {
    let [a, b, c, d] = partition.0.to_be_bytes();
    [0, a, b, c, d]
}

/// A row's value, or that of its removal.
pub(super) fn encode(seq: Seq, value: Option<&(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    let length = value.map_or(0, |(meta, body)| meta.len() + body.len() + 5);
    let mut bytes = Vec::with_capacity(9 + length);
    bytes.extend_from_slice(&seq.0.to_be_bytes());
    match value {
        None => bytes.push(0),
        Some((meta, body)) => {
            bytes.push(1);
            write_bytes(&mut bytes, meta);
            bytes.extend_from_slice(body);
        }
    }
    bytes
}

/// The `seq` of a stored value, and its row; none where it was removed.
pub(super) fn decode(bytes: &[u8]) -> Option<(Seq, Option<Row>)> {
    let (seq, rest) = bytes.split_at_checked(8)?;
    let seq = Seq(i64::from_be_bytes(seq.try_into().ok()?));
    match rest.split_first()? {
        (0, _) => Some((seq, None)),
        (_, mut rest) => {
            let meta = read_bytes(&mut rest).ok()?.to_vec();
            let body = rest.to_vec();
            Some((seq, Some(Row { seq, meta, body })))
        }
    }
}

/// Whether a value takes the place of another: by `seq`; at the same `seq` a removal wins, then the greater
/// bytes, so that the order of writes never matters.
pub(super) fn wins(new: &[u8], old: &[u8]) -> bool {
    let rank = |bytes: &[u8]| {
        let seq = bytes.get(..8).and_then(|seq| seq.try_into().ok());
        let removed = bytes.get(8) == Some(&0);
        (seq.map_or(i64::MIN, i64::from_be_bytes), removed)
    };
    (rank(new), new) > (rank(old), old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_key() -> impl Strategy<Value = RowKey> {
        let bytes = || proptest::collection::vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..5);
        let table = (0..Table::ALL.len()).prop_map(|n| Table::ALL[n]);
        (table, bytes(), bytes()).prop_map(|(t, p, c)| RowKey::new(t, p, c))
    }

    proptest! {
        #[test]
        fn stored_keys_are_ordered_as_row_keys_and_read_back(a in any_key(), b in any_key()) {
            prop_assert_eq!(key(&a).cmp(&key(&b)), a.cmp(&b));
            prop_assert_eq!(parse_key(&key(&a)), Some(a));
        }

        #[test]
        fn a_partition_keys_rows_lie_between_its_bounds(a in any_key(), b in any_key()) {
            let prefix = partition(a.table, &a.partition_key);
            let inside = key(&b) >= prefix && key(&b) < after(&prefix);
            let same = (a.table, &a.partition_key) == (b.table, &b.partition_key);
            prop_assert_eq!(inside, same);
        }

        #[test]
        fn a_row_survives_its_value(
            seq in any::<i64>(),
            value in proptest::option::of((
                proptest::collection::vec(any::<u8>(), 0..200),
                proptest::collection::vec(any::<u8>(), 0..200),
            )),
        ) {
            let bytes = encode(Seq(seq), value.as_ref());
            let row = value.map(|(meta, body)| Row { seq: Seq(seq), meta, body });
            prop_assert_eq!(decode(&bytes), Some((Seq(seq), row)));
            prop_assert!(!wins(&bytes, &bytes));
        }
    }
}
