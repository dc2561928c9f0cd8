//! Records as the port knows them, to Kafka's and back.

use crate::client::MAX_RECORD;
use crate::names::Names;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{Error, NewRecord, Record};
use mediamesh_schemas::Topic;
use rdkafka::IntoOpaque;
use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::BaseRecord;

/// What a record takes beside its parts, in bytes: lengths, attributes, deltas.
const OVERHEAD: usize = 64;

/// Refuses a record that no broker could take: before anything is sent.
pub(crate) fn check(record: &NewRecord) -> Result<(), Error> {
    let (topic, partition) = (record.topic, record.partition);
    check_partition(topic, partition)?;
    let size = size(record);
    if size > MAX_RECORD {
        return Err(Error::Refused(format!(
            "a record for {topic} has {size} bytes; {MAX_RECORD} are possible"
        )));
    }
    Ok(())
}

/// Refuses a partition that the topic does not have.
pub(crate) fn check_partition(topic: Topic, partition: Partition) -> Result<(), Error> {
    if (0..topic.spec().partitions).contains(&partition.0) {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{topic} has no partition {partition}"
    )))
}

/// How many bytes a record takes, about.
pub(crate) fn size(record: &NewRecord) -> usize {
    let headers = record
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 8);
    let value = record.value.as_ref().map_or(0, Vec::len);
    record.key.len() + value + headers.sum::<usize>() + OVERHEAD
}

/// A record on its way to Kafka.
pub(crate) fn outgoing<'a, T: IntoOpaque>(
    names: &'a Names,
    record: &'a NewRecord,
    opaque: T,
) -> BaseRecord<'a, [u8], [u8], T> {
    let mut outgoing = BaseRecord::with_opaque_to(names.topic(record.topic), opaque)
        .partition(record.partition.0)
        .key(record.key.as_slice())
        .timestamp(millis(record.timestamp));
    outgoing.payload = record.value.as_deref();
    if !record.headers.is_empty() {
        outgoing.headers = Some(headers(record));
    }
    outgoing
}

fn headers(record: &NewRecord) -> OwnedHeaders {
    let empty = OwnedHeaders::new_with_capacity(record.headers.len());
    record.headers.iter().fold(empty, |headers, (key, value)| {
        headers.insert(Header {
            key,
            value: Some(value.as_slice()),
        })
    })
}

/// Kafka keeps milliseconds. A time of 0 would stand for "now" to the client.
fn millis(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000).max(1)
}

/// A record as it came from Kafka.
pub(crate) fn incoming(topic: Topic, message: &BorrowedMessage<'_>) -> Record {
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        headers
            .iter()
            .map(|header| {
                let value = header.value.unwrap_or_default();
                (header.key.to_owned(), value.to_vec())
            })
            .collect()
    });
    Record {
        topic,
        partition: Partition(message.partition()),
        offset: Offset(message.offset()),
        key: message.key().unwrap_or_default().to_vec(),
        value: message.payload().map(<[u8]>::to_vec),
        headers,
        timestamp: Timestamp(message.timestamp().to_millis().unwrap_or(0) * 1_000),
    }
}
