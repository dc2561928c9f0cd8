//! How a row's key and content stand in their columns.

use crate::error::Fault;
use mediamesh_domain::position::Seq;
use mediamesh_domain::view::Row;

/// A partition key as CQL takes it. CQL knows no empty one: that one is `0`, and keys that begin with a zero get
/// another before it; all others, so all that are text, stand as they are.
pub(crate) fn stored_key(partition_key: &[u8]) -> Vec<u8> {
    match partition_key {
        [] | [0, ..] => [&[0], partition_key].concat(),
        _ => partition_key.to_vec(),
    }
}

/// Reads a key that [`stored_key`] wrote.
pub(crate) fn partition_key(mut stored: Vec<u8>) -> Vec<u8> {
    if stored.first() == Some(&0) {
        stored.remove(0);
    }
    stored
}

/// Meta and body as one value: the length of meta (LEB128), meta, body.
///
/// One cell, so that two contents with one `seq` are never mixed: the cluster keeps the one whose bytes are the
/// greater, and so does the embedded store, which writes the same bytes.
pub(crate) fn content(meta: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(meta.len() + body.len() + 5);
    let mut length = meta.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(meta);
    bytes.extend_from_slice(body);
    bytes
}

/// The row in its columns; none where it was removed.
pub(crate) fn row(seq: i64, removed: bool, content: &[u8]) -> Result<Option<Row>, Fault> {
    if removed {
        return Ok(None);
    }
    let (meta, body) =
        parts(content).ok_or_else(|| Fault::unreadable("its content is cut short"))?;
    Ok(Some(Row {
        seq: Seq(seq),
        meta: meta.to_vec(),
        body: body.to_vec(),
    }))
}

fn parts(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0;
    for (n, byte) in content.iter().enumerate().take(9) {
        length |= usize::from(byte & 0x7f) << (7 * n);
        if *byte < 0x80 {
            return content[n + 1..].split_at_checked(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..300)
    }

    proptest! {
        #[test]
        fn a_partition_key_survives_and_is_never_stored_empty(key in bytes()) {
            let stored = stored_key(&key);
            prop_assert!(!stored.is_empty());
            prop_assert_eq!(partition_key(stored), key);
        }

        #[test]
        fn stored_partition_keys_are_kept_apart(one in bytes(), other in bytes()) {
            prop_assert_eq!(stored_key(&one) == stored_key(&other), one == other);
        }

        #[test]
        fn a_row_survives_its_content(seq in any::<i64>(), meta in bytes(), body in bytes()) {
            let stored = content(&meta, &body);
            prop_assert_eq!(row(seq, true, &stored), Ok(None));
            prop_assert_eq!(row(seq, false, &stored), Ok(Some(Row { seq: Seq(seq), meta, body })));
        }

        #[test]
        fn any_bytes_are_read_or_refused(content in bytes()) {
            let _ = row(1, false, &content);
        }
    }
}
