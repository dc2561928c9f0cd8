//! The event log: the system of record. Topics of ordered partitions of records.
//!
//! [`AppendLog`] takes records from the outside and answers when they are durable. [`ReadLog`] reads at a
//! named place and moves nothing. [`Groups`] is how processors take part: a [`Member`] owns partitions of one
//! input, and commits state changes, outputs and the input's offset as one [`Step`].

use crate::state_store::{StateChange, StateRead};
use async_trait::async_trait;
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::time::Timestamp;
use mediamesh_schemas::Topic;
use std::sync::Arc;
use std::time::Duration;

/// Why the log did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot now; nothing was done, or it is not known; the same call may go through later.
    #[error("the event log is not available: {0}")]
    Transient(String),
    /// It takes no more writes until an operator has looked: a sync failed or the disk is full.
    #[error("the event log takes no writes: {0}")]
    Poisoned(String),
    /// This member no longer owns the partition; drop what was being done.
    #[error("partition {0} of {1} is owned by another member now")]
    Fenced(Partition, Topic),
    /// Partitions were handed to other members; this one goes on with the others.
    ///
    /// What is remembered of any partition is void. What was offered and not committed is offered again.
    #[error("some partitions of {0} were handed to other members")]
    Reassigned(Topic),
    /// The request itself is wrong.
    #[error("the event log refuses: {0}")]
    Refused(String),
    /// What is stored cannot be read.
    #[error("the event log is damaged: {0}")]
    Corrupt(String),
}

/// A record's headers: names and bytes, in order, names may repeat.
pub type Headers = Vec<(String, Vec<u8>)>;

/// Names of the headers that the project writes.
pub mod header {
    /// Ties log lines, records and answers of one request together.
    pub const CORRELATION_ID: &str = "correlation-id";
    /// Events: when their command was put on the log, as an RFC 3339 time.
    pub const APPENDED_AT: &str = "appended-at";
    /// Dead letters: the topic it comes from.
    pub const DLT_TOPIC: &str = "dlt-topic";
    /// Dead letters: the partition it comes from.
    pub const DLT_PARTITION: &str = "dlt-partition";
    /// Dead letters: the offset it comes from.
    pub const DLT_OFFSET: &str = "dlt-offset";
    /// Dead letters: the schema id its bytes name, where they name one.
    pub const DLT_SCHEMA_ID: &str = "dlt-schema-id";
    /// Dead letters: the stable code of the reason.
    pub const DLT_CODE: &str = "dlt-code";
    /// Dead letters: the reason in words.
    pub const DLT_REASON: &str = "dlt-reason";
    /// A note that a dead letter is done with: its offset, in the partition of the note.
    pub const DLT_SETTLES: &str = "dlt-settles";
    /// The note's: what became of the letter, `redriven` or `dropped`.
    pub const DLT_OUTCOME: &str = "dlt-outcome";
    /// The note's: who settled it.
    pub const DLT_BY: &str = "dlt-by";
}

/// A record to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Where to.
    pub topic: Topic,
    /// The partition; see [`partition_of`] for keyed topics.
    pub partition: Partition,
    /// The key.
    pub key: Vec<u8>,
    /// The value in wire format, or none: a tombstone on a compacted topic.
    pub value: Option<Vec<u8>>,
    /// The headers.
    pub headers: Headers,
    /// The record's time; logs keep it to the millisecond at least.
    pub timestamp: Timestamp,
}

/// A record as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its topic.
    pub topic: Topic,
    /// Its partition.
    pub partition: Partition,
    /// Its offset.
    pub offset: Offset,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value, or none: a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Headers,
    /// Its time.
    pub timestamp: Timestamp,
}

impl Record {
    /// The first header of this name, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    }
}

/// The offsets of a partition: `start` is the first that is kept, `end` the next to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The first offset that is kept.
    pub start: Offset,
    /// The offset after everything durable: who follows [`Page::next`] comes to it.
    pub end: Offset,
}

/// What a read found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The records, in order.
    pub records: Vec<Record>,
    /// Where to go on: after the last record, and past offsets that hold none (commit markers, compaction's
    /// gaps). The same as `from` only where nothing durable follows now.
    pub next: Offset,
}

/// Appends records from the outside.
#[async_trait]
pub trait AppendLog: Send + Sync {
    /// Appends all records in order, or none, and answers their offsets when they are durable.
    ///
    /// # Errors
    /// [`Error::Transient`] where it is not known whether they were taken; [`Error::Poisoned`] where none were.
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, Error>;
}

/// Reads durable records at a named place.
#[async_trait]
pub trait ReadLog: Send + Sync {
    /// At most `max` durable records from `from` on (or from the first that is kept, where that is later).
    ///
    /// Fewer may come where more are there; what [`Page::next`] says is where to go on.
    ///
    /// # Errors
    /// [`Error::Transient`] or [`Error::Corrupt`].
    async fn read(
        &self,
        topic: Topic,
        partition: Partition,
        from: Offset,
        max: usize,
    ) -> Result<Page, Error>;

    /// The offsets of a partition.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn bounds(&self, topic: Topic, partition: Partition) -> Result<Bounds, Error>;

    /// Returns when the partition may have durable records from `from` on, or after `wait`.
    async fn wait_for(&self, topic: Topic, partition: Partition, from: Offset, wait: Duration);
}

/// What a group of processors is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSpec {
    /// Its name: the owner of its offsets.
    pub name: String,
    /// Its one input.
    pub input: Topic,
    /// The state store it keeps, one per partition; none for stateless processors and sinks.
    pub store: Option<&'static str>,
    /// Which records it may see.
    pub sees: Sees,
}

/// Which records of its input a group may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    /// Durable records only: what leaves the log (sinks, readers).
    Durable,
    /// Written records too, whose sync is under way: stages whose outputs become durable with, or after, them.
    Written,
}

/// Lets processors take part.
pub trait Groups: Send + Sync {
    /// Becomes a member of a group. Call from the thread that will poll.
    ///
    /// # Errors
    /// [`Error::Transient`] where the log is away, [`Error::Refused`] where another member holds all.
    fn join(&self, spec: GroupSpec) -> Result<Box<dyn Member>, Error>;

    /// Where a group stands in a partition of its input.
    ///
    /// What a member of this process has written to the input but not committed counts as not taken in.
    ///
    /// # Errors
    /// [`Error::Transient`].
    fn place(&self, group: &str, input: Topic, partition: Partition) -> Result<Place, Error>;

    /// How many records of a group's input are not committed yet, in a partition: its lag.
    ///
    /// Offsets that hold no record (commit markers, compaction's gaps) may be counted between records. It is 0 where
    /// nothing is left to do.
    ///
    /// # Errors
    /// [`Error::Transient`].
    fn lag(&self, group: &str, input: Topic, partition: Partition) -> Result<i64, Error> {
        Ok(self.place(group, input, partition)?.lag())
    }

    /// Forgets a group and its offsets, for good: it holds no records back any more, and a later member of
    /// that name begins at the topic's start. A group that nobody knows is forgotten already.
    ///
    /// # Errors
    /// [`Error::Refused`] while it has a member, [`Error::Transient`], [`Error::Poisoned`].
    fn forget(&self, group: &str) -> Result<(), Error>;
}

/// Where a group stands in a partition of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// It has taken in all before this.
    pub committed: Offset,
    /// Where the partition ends now.
    pub end: Offset,
}

impl Place {
    /// How much is left to take in.
    #[must_use]
    pub fn lag(self) -> i64 {
        (self.end.0 - self.committed.0).max(0)
    }
}

/// Records of one partition, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The partition.
    pub partition: Partition,
    /// The records.
    pub records: Vec<Record>,
    /// Whether these are the last that there are now.
    pub caught_up: bool,
}

/// What one step of a processor changes, all or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The partition of the input.
    pub partition: Partition,
    /// The offset to go on from.
    pub next_offset: Offset,
    /// Changes of the partition's state (and so of its changelog).
    pub changes: Vec<StateChange>,
    /// Records to append.
    pub outputs: Vec<NewRecord>,
}

/// One member of a group. Lives on one thread; calls block.
pub trait Member: Send {
    /// The next records of some partition that this member owns, or none after `wait`.
    ///
    /// A partition is offered again only after its last batch was committed or [`Member::rewind`]ed. Where a
    /// commit left some of the batch out, the next offer begins with that.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Fenced`], [`Error::Reassigned`], [`Error::Corrupt`].
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Option<Batch>, Error>;

    /// The state of a partition as of the last commit.
    ///
    /// # Errors
    /// [`Error::Refused`] where the group keeps no state or the partition is not owned.
    fn state(&self, partition: Partition) -> Result<Arc<dyn StateRead>, Error>;

    /// Commits a step: state, outputs and offset together or not at all.
    ///
    /// Returns when the step is written, or stands in the transaction under way: this member's state has it. What
    /// it appends becomes visible to [`Sees::Durable`] readers, and is acknowledged to whoever waits for a verdict,
    /// when it is durable. If that fails, a later call says so ([`Error::Fenced`]) and the step has not happened.
    ///
    /// # Errors
    /// [`Error::Fenced`], [`Error::Poisoned`], [`Error::Transient`].
    fn commit(&mut self, step: Step) -> Result<(), Error>;

    /// Goes back to the last committed offset of a partition.
    ///
    /// # Errors
    /// [`Error::Fenced`].
    fn rewind(&mut self, partition: Partition) -> Result<(), Error>;

    /// The partitions owned now.
    fn owned(&self) -> Vec<Partition>;
}

/// The partition of a key, as Java's default partitioner of Kafka says (murmur2).
#[must_use]
pub fn partition_of(key: &[u8], partitions: i32) -> Partition {
    let hash = murmur2(key) & 0x7fff_ffff;
    Partition((hash % partitions.max(1) as u32) as i32)
}

/// The partition of a program's records on every content topic.
#[must_use]
pub fn partition_of_program(program: ProgramId) -> Partition {
    partition_of(
        program.to_string().as_bytes(),
        mediamesh_schemas::topics::PARTITIONS,
    )
}

/// MurmurHash2 with the seed of Kafka's `Utils.murmur2` (Austin Appleby, public domain).
fn murmur2(bytes: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    const SEED: u32 = 0x9747_b28c;
    let mut hash = SEED ^ bytes.len() as u32;
    let mut chunks = bytes.chunks_exact(4);
    for chunk in &mut chunks {
        let mut k = u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
        k = k.wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        for (n, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * n);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn murmur2_agrees_with_java() {
        // From the unit tests of Kafka's clients (UtilsTest.testMurmur2); facts, signed as Java prints them.
        for (key, expected) in [
            ("21", -973_932_308_i32),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            (
                "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8",
                -58_897_971,
            ),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()) as i32, expected, "{key}");
        }
    }
}
