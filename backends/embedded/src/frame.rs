//! How a record stands in the log: one compact frame, its place being the key.
//!
//! `1`, timestamp (8 bytes), key, headers, then `0` (a tombstone) or `1` and the value up to the end. Lengths
//! are LEB128. There is no checksum here: fjall keeps one per batch in its journal and one per block in its
//! tables (xxh3), and checks both when it reads.

use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{Headers, NewRecord, Record};
use mediamesh_schemas::Topic;

const FORMAT: u8 = 1;

/// The bytes are not a frame of this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record's frame is cut short or of an unknown format")]
pub(crate) struct NotAFrame;

/// Writes a record's frame over what the buffer holds.
pub(crate) fn encode(record: &NewRecord, buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.push(FORMAT);
    buffer.extend_from_slice(&record.timestamp.0.to_le_bytes());
    write_bytes(buffer, &record.key);
    write_length(buffer, record.headers.len());
    for (name, value) in &record.headers {
        write_bytes(buffer, name.as_bytes());
        write_bytes(buffer, value);
    }
    match &record.value {
        None => buffer.push(0),
        Some(value) => {
            buffer.push(1);
            buffer.extend_from_slice(value);
        }
    }
}

/// A frame's parts, where they lie.
pub(crate) struct Frame<'a> {
    /// The record's time.
    pub(crate) timestamp: Timestamp,
    /// The record's key.
    pub(crate) key: &'a [u8],
    headers: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads what comes first: enough for retention and compaction.
    pub(crate) fn head(bytes: &'a [u8]) -> Result<Self, NotAFrame> {
        let mut rest = bytes;
        if take(&mut rest, 1)? != [FORMAT] {
            return Err(NotAFrame);
        }
        let time: [u8; 8] = take(&mut rest, 8)?.try_into().map_err(|_| NotAFrame)?;
        let key = read_bytes(&mut rest)?;
        Ok(Self {
            timestamp: Timestamp(i64::from_le_bytes(time)),
            key,
            headers: rest,
        })
    }

    /// Whether the record has no value.
    pub(crate) fn is_tombstone(&self) -> Result<bool, NotAFrame> {
        let mut rest = self.headers;
        for _ in 0..read_length(&mut rest)? {
            read_bytes(&mut rest)?;
            read_bytes(&mut rest)?;
        }
        Ok(take(&mut rest, 1)? == [0])
    }

    fn headers_and_value(&self) -> Result<(Headers, Option<Vec<u8>>), NotAFrame> {
        let mut rest = self.headers;
        let count = read_length(&mut rest)?;
        let mut headers = Vec::with_capacity(count.min(16));
        for _ in 0..count {
            let name = std::str::from_utf8(read_bytes(&mut rest)?).map_err(|_| NotAFrame)?;
            headers.push((name.to_owned(), read_bytes(&mut rest)?.to_vec()));
        }
        let value = (take(&mut rest, 1)? == [1]).then(|| rest.to_vec());
        Ok((headers, value))
    }
}

/// Reads the record that stands at a place.
pub(crate) fn decode(
    topic: Topic,
    partition: Partition,
    offset: Offset,
    bytes: &[u8],
) -> Result<Record, NotAFrame> {
    let frame = Frame::head(bytes)?;
    let (headers, value) = frame.headers_and_value()?;
    Ok(Record {
        topic,
        partition,
        offset,
        key: frame.key.to_vec(),
        value,
        headers,
        timestamp: frame.timestamp,
    })
}

/// Writes a length as LEB128.
pub(crate) fn write_length(buffer: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    while rest >= 0x80 {
        buffer.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    buffer.push(rest as u8);
}

/// Writes bytes after their length.
pub(crate) fn write_bytes(buffer: &mut Vec<u8>, bytes: &[u8]) {
    write_length(buffer, bytes.len());
    buffer.extend_from_slice(bytes);
}

/// Reads bytes that [`write_bytes`] wrote.
pub(crate) fn read_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], NotAFrame> {
    let length = read_length(rest)?;
    take(rest, length)
}

fn read_length(rest: &mut &[u8]) -> Result<usize, NotAFrame> {
    let mut length = 0;
    for shift in (0..63).step_by(7) {
        let byte = take(rest, 1)?[0];
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(length);
        }
    }
    Err(NotAFrame)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], NotAFrame> {
    let (taken, after) = rest.split_at_checked(length).ok_or(NotAFrame)?;
    *rest = after;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_record_survives_its_frame(
            key in proptest::collection::vec(any::<u8>(), 0..300),
            value in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300)),
            headers in proptest::collection::vec((".{0,9}", proptest::collection::vec(any::<u8>(), 0..9)), 0..4),
            micros in any::<i64>(),
        ) {
            let new = NewRecord {
                topic: Topic::Catalog,
                partition: Partition(3),
                key,
                value,
                headers,
                timestamp: Timestamp(micros),
            };
            let mut bytes = Vec::new();
            encode(&new, &mut bytes);
            let record = decode(Topic::Catalog, Partition(3), Offset(7), &bytes).expect("its own frame");
            prop_assert_eq!(&record.key, &new.key);
            prop_assert_eq!(&record.value, &new.value);
            prop_assert_eq!(&record.headers, &new.headers);
            prop_assert_eq!(record.timestamp, new.timestamp);
            let head = Frame::head(&bytes).expect("its own frame");
            prop_assert_eq!(head.is_tombstone(), Ok(new.value.is_none()));
        }

        #[test]
        fn no_bytes_make_decoding_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(Topic::Catalog, Partition(0), Offset(0), &bytes);
        }
    }
}
