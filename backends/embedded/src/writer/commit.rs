//! The writer thread: merges what waits into one batch and commits it.

use super::request::{Encoded, Reply, Request, StepWrite, When, Write};
use super::sync::{Pending, Waiter};
use crate::database::{GroupOffsets, Shared};
use crate::faults::Faults;
use crate::keys;
use crate::partitions::Slot;
use fjall::{OwnedWriteBatch, PersistMode, Slice};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::Error;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How many bytes one commit merges at most: more would make the first wait for the last.
const BATCH_BYTES: usize = 8 << 20;

/// Writes what the queue holds.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    pending: Arc<Pending>,
    faults: Option<Arc<dyn Faults>>,
    /// The number of the last commit.
    commit: u64,
}

/// What happens once a batch is committed.
#[derive(Default)]
struct Staged {
    ends: BTreeMap<Slot, i64>,
    offsets: Vec<(Arc<GroupOffsets>, Partition, Offset)>,
    written: Vec<Reply<Result<(), Error>>>,
    waiters: Vec<Waiter>,
    /// A step's records wait to be seen.
    outputs: bool,
    /// A step may follow that the same sync should take.
    followed: bool,
}

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        pending: Arc<Pending>,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        let commit = shared.last_durable_commit();
        Self {
            shared,
            pending,
            faults,
            commit,
        }
    }

    /// Works until the queue is closed and empty.
    pub(crate) fn run(&mut self) {
        while let Some(requests) = self.shared.queue.take(BATCH_BYTES) {
            if let Some(reason) = self.shared.poison.reason() {
                for request in requests {
                    request.refuse(Error::Poisoned(reason.clone()));
                }
                continue;
            }
            self.commit(requests);
        }
        self.pending.close();
    }

    fn commit(&mut self, requests: Vec<Request>) {
        self.commit += 1;
        let mut batch = OwnedWriteBatch::with_capacity(self.shared.db.clone(), 64)
            .durability(Some(PersistMode::Buffer));
        batch.insert(&self.shared.meta, keys::COMMIT_MARK, self.mark());
        let mut staged = Staged::default();
        for request in requests {
            self.stage(request, &mut batch, &mut staged);
        }
        let committed = self
            .faults
            .as_ref()
            .map_or(Ok(()), |faults| faults.before_commit())
            .map_err(fjall::Error::from)
            .and_then(|()| batch.commit());
        match committed {
            Ok(()) => self.publish(staged),
            Err(error) => {
                self.shared.poison.set(format!("a write failed: {error}"));
                staged.refuse(&Error::Transient(format!("a write failed: {error}")));
            }
        }
    }

    /// The commit's number, and the last commit known to be durable.
    fn mark(&self) -> [u8; 16] {
        let mut mark = [0; 16];
        mark[..8].copy_from_slice(&self.commit.to_be_bytes());
        mark[8..].copy_from_slice(&self.shared.last_durable_commit().to_be_bytes());
        mark
    }

    fn stage(&self, request: Request, batch: &mut OwnedWriteBatch, staged: &mut Staged) {
        match request {
            Request::Append { records, reply } => {
                staged.followed |= records.iter().any(|record| self.is_followed(record.slot));
                let offsets = self.stage_records(records, batch, staged);
                staged.waiters.push(Waiter::Append { offsets, reply });
            }
            Request::Step { step, reply } => {
                self.stage_step(step, batch, staged);
                staged.written.push(reply);
            }
            Request::Writes {
                writes,
                when,
                reply,
            } => {
                for write in writes {
                    stage_write(write, batch);
                }
                match when {
                    When::Written => staged.written.push(reply),
                    When::Durable => staged.waiters.push(Waiter::Writes(reply)),
                }
            }
        }
    }

    fn stage_step(&self, step: StepWrite, batch: &mut OwnedWriteBatch, staged: &mut Staged) {
        let key = keys::group_offset(&step.group.name, step.group.input, step.partition);
        batch.insert(&self.shared.offsets, key, step.next_offset.0.to_be_bytes());
        if let Some(store) = step.store {
            for change in step.changes {
                stage_write(
                    Write {
                        keyspace: store.clone(),
                        key: change.key.into(),
                        value: change.value.map(Slice::from),
                    },
                    batch,
                );
            }
        }
        staged.outputs |= !step.outputs.is_empty();
        self.stage_records(step.outputs, batch, staged);
        staged
            .offsets
            .push((step.group, step.partition, step.next_offset));
    }

    fn stage_records(
        &self,
        records: Vec<Encoded>,
        batch: &mut OwnedWriteBatch,
        staged: &mut Staged,
    ) -> Vec<Offset> {
        let mut offsets = Vec::with_capacity(records.len());
        for Encoded { slot, frame } in records {
            let written = || self.shared.partitions.ends(slot).written();
            let end = staged.ends.entry(slot).or_insert_with(written);
            let (topic, partition) = self.shared.partitions.place(slot);
            batch.insert(
                &self.shared.log,
                keys::record(topic, partition, *end),
                frame,
            );
            offsets.push(Offset(*end));
            *end += 1;
        }
        offsets
    }

    fn is_followed(&self, slot: Slot) -> bool {
        let (topic, _) = self.shared.partitions.place(slot);
        let followers = &self.shared.partitions.topic(topic).followers;
        followers.load(Ordering::Relaxed) > 0
    }

    /// Lets readers of what is written see it, hands the rest to the sync thread, answers.
    fn publish(&self, staged: Staged) {
        let partitions = &self.shared.partitions;
        for (slot, end) in &staged.ends {
            partitions.ends(*slot).set_written(*end);
        }
        for (group, partition, offset) in &staged.offsets {
            group.set_committed(*partition, offset.0);
        }
        self.pending.add(
            self.commit,
            &staged.ends,
            staged.waiters,
            staged.outputs,
            staged.followed,
        );
        let mut topics: Vec<_> = staged.ends.keys().map(|s| partitions.place(*s).0).collect();
        topics.dedup();
        for topic in topics {
            partitions.topic(topic).written.ring();
        }
        for reply in staged.written {
            reply.send(Ok(()));
        }
    }
}

impl Staged {
    fn refuse(self, error: &Error) {
        for reply in self.written {
            reply.send(Err(error.clone()));
        }
        for waiter in self.waiters {
            waiter.refuse(error);
        }
    }
}

fn stage_write(write: Write, batch: &mut OwnedWriteBatch) {
    match write.value {
        Some(value) => batch.insert(&write.keyspace, write.key, value),
        None => batch.remove(&write.keyspace, write.key),
    }
}
