//! Reading durable records at a named place.

use crate::database::{Embedded, Shared};
use crate::frame;
use crate::keys;
use crate::partitions::Slot;
use async_trait::async_trait;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Bounds, Error, Page, ReadLog, Record};
use mediamesh_schemas::Topic;
use std::time::Duration;

/// One read takes no more values than this, in bytes (but one record at least): readers hold it in memory.
const READ_BYTES: usize = 8 << 20;

/// What one read found.
pub(crate) struct Found {
    pub(crate) records: Vec<Record>,
    /// Where to go on: after the last record, or at the end that was given.
    pub(crate) next: i64,
}

/// Reads records from `from` on, below `end`, at most `max`.
pub(crate) fn read(
    shared: &Shared,
    slot: Slot,
    from: i64,
    end: i64,
    max: usize,
) -> Result<Found, Error> {
    let (topic, partition) = shared.partitions.place(slot);
    let from = from.max(shared.partitions.ends(slot).start());
    if from >= end || max == 0 {
        return Ok(Found {
            records: Vec::new(),
            next: from,
        });
    }
    let expected = usize::try_from(end - from).unwrap_or(max).min(max);
    let mut records = Vec::with_capacity(expected);
    let mut bytes = 0;
    let (low, high) = (
        keys::record(topic, partition, from),
        keys::record(topic, partition, end),
    );
    for guard in shared.log.range(low..high) {
        let (key, value) = guard.into_inner().map_err(|error| damaged(&error))?;
        let offset = keys::offset_of(&key).ok_or_else(|| corrupt(topic, partition, "a key"))?;
        let record = frame::decode(topic, partition, offset, &value)
            .map_err(|error| corrupt(topic, partition, &format!("offset {offset}: {error}")))?;
        bytes += value.len();
        records.push(record);
        if records.len() == max || bytes >= READ_BYTES {
            return Ok(Found {
                next: offset.0 + 1,
                records,
            });
        }
    }
    Ok(Found { records, next: end })
}

/// What an error of the database means to a reader.
pub(crate) fn damaged(error: &fjall::Error) -> Error {
    match error {
        fjall::Error::Io(error) => Error::Transient(error.to_string()),
        fjall::Error::Storage(fjall::LsmError::Io(error)) => Error::Transient(error.to_string()),
        other => Error::Corrupt(other.to_string()),
    }
}

pub(crate) fn corrupt(topic: Topic, partition: Partition, what: &str) -> Error {
    Error::Corrupt(format!("partition {partition} of {topic}: {what}"))
}

fn slot(shared: &Shared, topic: Topic, partition: Partition) -> Result<Slot, Error> {
    shared
        .partitions
        .slot(topic, partition)
        .ok_or_else(|| Error::Refused(format!("{topic} has no partition {partition}")))
}

#[async_trait]
impl ReadLog for Embedded {
    async fn read(
        &self,
        topic: Topic,
        partition: Partition,
        from: Offset,
        max: usize,
    ) -> Result<Page, Error> {
        let shared = &self.core.shared;
        let slot = slot(shared, topic, partition)?;
        let end = shared.partitions.ends(slot).durable();
        let Found { records, next } = read(shared, slot, from.0, end, max)?;
        Ok(Page {
            records,
            next: Offset(next),
        })
    }

    async fn bounds(&self, topic: Topic, partition: Partition) -> Result<Bounds, Error> {
        let shared = &self.core.shared;
        let ends = shared.partitions.ends(slot(shared, topic, partition)?);
        Ok(Bounds {
            start: Offset(ends.start()),
            end: Offset(ends.durable()),
        })
    }

    async fn wait_for(&self, topic: Topic, partition: Partition, from: Offset, wait: Duration) {
        let shared = &self.core.shared;
        let Ok(slot) = slot(shared, topic, partition) else {
            return tokio::time::sleep(wait).await;
        };
        let ends = shared.partitions.ends(slot);
        let arrival = async {
            loop {
                let mut moved = std::pin::pin!(ends.durable_moved.notified());
                moved.as_mut().enable();
                if ends.durable() > from.0 {
                    return;
                }
                moved.await;
            }
        };
        // Either way the caller looks again.
        let _ = tokio::time::timeout(wait, arrival).await;
    }
}
