//! How things are addressed in the database: keys whose byte order is the order that is read.

use mediamesh_domain::position::{Offset, Partition};
use mediamesh_schemas::Topic;

/// The first item of every commit: the commit's number, and the last commit known to be durable before it.
///
/// The scan of the journal tells by it whether damage lies in what was durable.
pub(crate) const COMMIT_MARK: &[u8; 16] = b"\0mediamesh-mark\0";

/// The prefix of where a partition's kept records start: `floor/` + topic + partition.
const FLOOR: &[u8; 6] = b"floor/";

/// The prefix of how far a partition is compacted.
const CLEAN: &[u8; 6] = b"clean/";

/// The length of a record's key.
pub(crate) const RECORD_KEY: usize = 12;

/// topic (2 bytes), partition (2 bytes), offset (8 bytes), all big-endian.
pub(crate) fn record(topic: Topic, partition: Partition, offset: i64) -> [u8; RECORD_KEY] {
    let mut key = [0; RECORD_KEY];
    key[..4].copy_from_slice(&place(topic, partition));
    key[4..].copy_from_slice(&offset.to_be_bytes());
    key
}

/// The offset in a record's key.
pub(crate) fn offset_of(key: &[u8]) -> Option<Offset> {
    let bytes: [u8; 8] = key.get(4..RECORD_KEY)?.try_into().ok()?;
    Some(Offset(i64::from_be_bytes(bytes)))
}

/// topic (2 bytes) and partition (2 bytes).
pub(crate) fn place(topic: Topic, partition: Partition) -> [u8; 4] {
    let [a, b] = topic.number().to_be_bytes();
    // A topic has far fewer than 65,536 partitions; the list of topics says how many.
    let [c, d] = (partition.0 as u16).to_be_bytes();
    [a, b, c, d]
}

/// Where a partition's first kept offset is noted.
pub(crate) fn floor(topic: Topic, partition: Partition) -> Vec<u8> {
    [FLOOR.as_slice(), &place(topic, partition)].concat()
}

/// Where it is noted how far a partition is compacted.
pub(crate) fn clean(topic: Topic, partition: Partition) -> Vec<u8> {
    [CLEAN.as_slice(), &place(topic, partition)].concat()
}

/// Where a group's next offset in a partition is kept: group, NUL, topic, partition.
pub(crate) fn group_offset(group: &str, topic: Topic, partition: Partition) -> Vec<u8> {
    [group.as_bytes(), &[0], &place(topic, partition)].concat()
}

/// The group, topic number and partition in a key that [`group_offset`] wrote.
pub(crate) fn parse_group_offset(key: &[u8]) -> Option<(String, u16, i32)> {
    let (name, rest) = key.split_at_checked(key.len().checked_sub(5)?)?;
    let [0, a, b, c, d] = rest else { return None };
    let name = std::str::from_utf8(name).ok()?.to_owned();
    let topic = u16::from_be_bytes([*a, *b]);
    Some((name, topic, i32::from(u16::from_be_bytes([*c, *d]))))
}

/// A number as the database keeps it.
pub(crate) fn number(bytes: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}
