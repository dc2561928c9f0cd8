//! The list of row keys that a catalogue document last wrote, as bytes: what its owner row holds.

use mediamesh_domain::view::{RowKey, Table};
use std::collections::BTreeSet;

/// The keys as bytes: for each the table's name, the partition key and the clustering key, each with its length.
pub(super) fn encode(keys: &BTreeSet<RowKey>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(keys.len() * 96);
    for key in keys {
        for part in [
            key.table.as_str().as_bytes(),
            &key.partition_key,
            &key.clustering_key,
        ] {
            bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
            bytes.extend_from_slice(part);
        }
    }
    bytes
}

/// The keys in bytes that [`encode`] wrote; none where they have another shape.
pub(super) fn decode(mut bytes: &[u8]) -> Option<BTreeSet<RowKey>> {
    let mut keys = BTreeSet::new();
    while !bytes.is_empty() {
        let table = std::str::from_utf8(part(&mut bytes)?).ok()?;
        let table = Table::ALL
            .into_iter()
            .find(|known| known.as_str() == table)?;
        let (partition, clustering) = (part(&mut bytes)?, part(&mut bytes)?);
        keys.insert(RowKey::new(table, partition, clustering));
    }
    Some(keys)
}

fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *bytes = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_bytes() {
        let keys = BTreeSet::from([
            RowKey::new(Table::Documents, "live/episode/1", ""),
            RowKey::new(Table::Episodes, vec![0, 255], vec![7; 24]),
        ]);
        assert_eq!(decode(&encode(&keys)), Some(keys));
        assert_eq!(decode(b""), Some(BTreeSet::new()));
        assert_eq!(decode(b"\0\0\0\x09documents"), None);
    }
}
