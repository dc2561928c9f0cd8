//! What the writer is asked.

use crate::database::{GroupOffsets, Shared};
use crate::frame;
use crate::partitions::Slot;
use fjall::{Keyspace, Slice};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Error, NewRecord};
use mediamesh_ports::state_store::StateChange;
use std::sync::Arc;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// The longest key that fjall takes.
const MAX_KEY: usize = u16::MAX as usize;

/// A record on its way into the log: its partition is known, its offset not yet.
pub(crate) struct Encoded {
    pub(crate) slot: Slot,
    pub(crate) frame: Slice,
}

impl Encoded {
    /// Encodes records, in the thread of whoever appends them; answers their size as well.
    pub(crate) fn all(shared: &Shared, records: &[NewRecord]) -> Result<(Vec<Self>, usize), Error> {
        let mut buffer = Vec::new();
        let mut bytes = 0;
        let mut encoded = Vec::with_capacity(records.len());
        for record in records {
            let slot = shared
                .partitions
                .slot(record.topic, record.partition)
                .ok_or_else(|| {
                    let (topic, partition) = (record.topic, record.partition);
                    Error::Refused(format!("{topic} has no partition {partition}"))
                })?;
            frame::encode(record, &mut buffer);
            bytes += buffer.len();
            encoded.push(Self {
                slot,
                frame: Slice::from(buffer.as_slice()),
            });
        }
        Ok((encoded, bytes))
    }
}

/// Where an answer goes: to a task or to a thread.
pub(crate) enum Reply<T> {
    Task(oneshot::Sender<T>),
    Thread(mpsc::SyncSender<T>),
}

impl<T> Reply<T> {
    /// Answers; whoever has stopped waiting misses it.
    pub(crate) fn send(self, answer: T) {
        match self {
            Self::Task(sender) => drop(sender.send(answer)),
            Self::Thread(sender) => drop(sender.send(answer)),
        }
    }
}

/// When a write is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// When readers see it.
    Written,
    /// When it is on disk.
    Durable,
}

/// A key to set, or to remove.
pub(crate) struct Write {
    pub(crate) keyspace: Keyspace,
    pub(crate) key: Slice,
    pub(crate) value: Option<Slice>,
}

/// A processor's step.
pub(crate) struct StepWrite {
    pub(crate) group: Arc<GroupOffsets>,
    pub(crate) partition: Partition,
    pub(crate) next_offset: Offset,
    pub(crate) store: Option<Keyspace>,
    pub(crate) changes: Vec<StateChange>,
    pub(crate) outputs: Vec<Encoded>,
}

impl StepWrite {
    /// Refuses state keys that the database cannot hold.
    pub(crate) fn check(changes: &[StateChange]) -> Result<(), Error> {
        for change in changes {
            if change.key.is_empty() || change.key.len() > MAX_KEY {
                let length = change.key.len();
                return Err(Error::Refused(format!(
                    "a state key has {length} bytes; 1 to {MAX_KEY} are possible"
                )));
            }
        }
        Ok(())
    }
}

/// One thing to write, all or nothing.
pub(crate) enum Request {
    /// Records from the outside; answered when they are durable.
    Append {
        records: Vec<Encoded>,
        reply: Reply<Result<Vec<Offset>, Error>>,
    },
    /// A processor's step; answered when it is written.
    Step {
        step: StepWrite,
        reply: Reply<Result<(), Error>>,
    },
    /// Keys of views, the registry and housekeeping.
    Writes {
        writes: Vec<Write>,
        when: When,
        reply: Reply<Result<(), Error>>,
    },
}

impl Request {
    /// Answers that it was not, or perhaps not, taken.
    pub(crate) fn refuse(self, error: Error) {
        match self {
            Self::Append { reply, .. } => reply.send(Err(error)),
            Self::Step { reply, .. } | Self::Writes { reply, .. } => reply.send(Err(error)),
        }
    }
}
