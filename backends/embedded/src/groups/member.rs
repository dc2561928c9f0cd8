//! The member of a group: polls, commits, goes back.

use crate::append::closed;
use crate::database::{Core, GroupOffsets};
use crate::partitions::Slot;
use crate::read::read;
use crate::state::State;
use crate::writer::{Encoded, Reply, Request, StepWrite};
use fjall::Keyspace;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Batch, Error, GroupSpec, Member, Sees, Step};
use mediamesh_ports::state_store::StateRead;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Where a member stands in one partition.
struct Cursor {
    partition: Partition,
    slot: Slot,
    next: i64,
    /// Whether its last batch is neither committed nor taken back.
    out: bool,
}

/// The one member of a group.
pub(crate) struct EmbeddedMember {
    core: Arc<Core>,
    spec: GroupSpec,
    offsets: Arc<GroupOffsets>,
    stores: Option<Vec<Keyspace>>,
    cursors: Vec<Cursor>,
    /// The partition that is looked at first: each in turn.
    turn: usize,
}

impl EmbeddedMember {
    pub(crate) fn new(
        core: Arc<Core>,
        spec: GroupSpec,
        offsets: Arc<GroupOffsets>,
        stores: Option<Vec<Keyspace>>,
    ) -> Self {
        let partitions = &core.shared.partitions;
        let cursors = (0..spec.input.spec().partitions)
            .map(Partition)
            .filter_map(|partition| {
                Some(Cursor {
                    partition,
                    slot: partitions.slot(spec.input, partition)?,
                    next: offsets.committed(partition),
                    out: false,
                })
            })
            .collect();
        if spec.sees == Sees::Written {
            let followers = &partitions.topic(spec.input).followers;
            followers.fetch_add(1, Ordering::Relaxed);
        }
        Self {
            core,
            spec,
            offsets,
            stores,
            cursors,
            turn: 0,
        }
    }

    fn cursor(&mut self, partition: Partition) -> Result<&mut Cursor, Error> {
        let input = self.spec.input;
        usize::try_from(partition.0)
            .ok()
            .and_then(|n| self.cursors.get_mut(n))
            .ok_or_else(|| Error::Refused(format!("{input} has no partition {partition}")))
    }

    /// The next batch of any partition that has one now.
    fn look(&mut self, max: usize) -> Result<Option<Batch>, Error> {
        let count = self.cursors.len();
        for n in 0..count {
            let turn = (self.turn + n) % count;
            let shared = &self.core.shared;
            let cursor = &mut self.cursors[turn];
            let ends = shared.partitions.ends(cursor.slot);
            let end = match self.spec.sees {
                Sees::Durable => ends.durable(),
                Sees::Written => ends.written(),
            };
            if cursor.out || cursor.next >= end {
                continue;
            }
            let found = read(shared, cursor.slot, cursor.next, end, max)?;
            cursor.next = found.next;
            if found.records.is_empty() {
                continue;
            }
            cursor.out = true;
            self.turn = (turn + 1) % count;
            return Ok(Some(Batch {
                partition: cursor.partition,
                caught_up: found.next >= end,
                records: found.records,
            }));
        }
        Ok(None)
    }
}

impl Member for EmbeddedMember {
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Option<Batch>, Error> {
        let deadline = Instant::now() + wait;
        let core = self.core.clone();
        let topic = core.shared.partitions.topic(self.spec.input);
        let bell = match self.spec.sees {
            Sees::Durable => &topic.durable,
            Sees::Written => &topic.written,
        };
        loop {
            let rung = bell.count();
            if let Some(batch) = self.look(max.max(1))? {
                return Ok(Some(batch));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            bell.wait_until(rung, deadline);
        }
    }

    fn state(&self, partition: Partition) -> Result<Arc<dyn StateRead>, Error> {
        let name = &self.spec.name;
        let stores = self
            .stores
            .as_ref()
            .ok_or_else(|| Error::Refused(format!("group {name} keeps no state")))?;
        let store = usize::try_from(partition.0)
            .ok()
            .and_then(|n| stores.get(n));
        match store {
            Some(store) => Ok(Arc::new(State(store.clone()))),
            None => Err(Error::Refused(format!(
                "group {name} does not own partition {partition}"
            ))),
        }
    }

    fn commit(&mut self, step: Step) -> Result<(), Error> {
        let Step {
            partition,
            next_offset,
            changes,
            outputs,
        } = step;
        self.cursor(partition)?;
        let store = self
            .stores
            .as_ref()
            .map(|stores| stores[partition.0 as usize].clone());
        if store.is_none() && !changes.is_empty() {
            let name = &self.spec.name;
            return Err(Error::Refused(format!("group {name} keeps no state")));
        }
        StepWrite::check(&changes)?;
        let shared = &self.core.shared;
        let (outputs, bytes) = Encoded::all(shared, &outputs)?;
        let bytes = changes.iter().fold(bytes, |sum, change| {
            sum + change.key.len() + change.value.as_ref().map_or(0, Vec::len)
        });
        let (reply, answer) = mpsc::sync_channel(1);
        let step = StepWrite {
            group: self.offsets.clone(),
            partition,
            next_offset,
            store,
            changes,
            outputs,
        };
        let reply = Reply::Thread(reply);
        shared
            .queue
            .push_blocking(Request::Step { step, reply }, bytes)
            .map_err(|_| closed())?;
        answer.recv().unwrap_or_else(|_| Err(closed()))?;
        let cursor = self.cursor(partition)?;
        cursor.next = next_offset.0;
        cursor.out = false;
        Ok(())
    }

    fn rewind(&mut self, partition: Partition) -> Result<(), Error> {
        let committed = self.offsets.committed(partition);
        let cursor = self.cursor(partition)?;
        cursor.next = committed;
        cursor.out = false;
        Ok(())
    }

    fn owned(&self) -> Vec<Partition> {
        self.cursors.iter().map(|cursor| cursor.partition).collect()
    }
}

impl Drop for EmbeddedMember {
    fn drop(&mut self) {
        if self.spec.sees == Sees::Written {
            let topic = self.core.shared.partitions.topic(self.spec.input);
            topic.followers.fetch_sub(1, Ordering::Relaxed);
        }
        self.offsets.joined.store(false, Ordering::Release);
    }
}
