//! Housekeeping of the log: what is past its retention goes, compacted topics keep the newest of each key.
//!
//! It runs in slices, so that it never holds up writes for long. What a group has not committed stays; offsets
//! never change. Groups that no longer exist are to be forgotten (`Groups::forget`), else they hold records for ever.

mod compact;
mod expire;

use crate::database::{Embedded, Shared};
use crate::keys;
use crate::partitions::Slot;
use crate::views::write_and_wait;
use crate::writer::{When, Write};
use compact::Pass;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::Error;
use mediamesh_schemas::topics::Cleanup;
use std::collections::HashMap;
use std::sync::PoisonError;

/// What a slice of housekeeping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Maintained {
    /// Records that were looked at.
    pub looked_at: usize,
    /// Records deleted as past their topic's retention.
    pub expired: usize,
    /// Records deleted as replaced by a newer one of their key, or as tombstones of long ago.
    pub compacted: usize,
    /// Whether the budget ended before the work did.
    pub more: bool,
}

/// Where housekeeping stands between slices.
#[derive(Default)]
pub(crate) struct Housekeeping {
    /// The partition that comes next.
    next: usize,
    /// Compactions under way.
    passes: HashMap<Slot, Pass>,
}

/// One slice of work.
struct Slice<'a> {
    shared: &'a Shared,
    now: Timestamp,
    /// How many records may still be looked at.
    budget: usize,
    done: Maintained,
}

impl Embedded {
    /// Does a slice of housekeeping: looks at no more than `budget` records. Blocks; one slice runs at a time.
    ///
    /// # Errors
    /// [`Error::Poisoned`], [`Error::Transient`], [`Error::Corrupt`]; what was deleted stays deleted.
    pub fn maintain(&self, now: Timestamp, budget: usize) -> Result<Maintained, Error> {
        let shared = &self.core.shared;
        let mut housekeeping = shared
            .housekeeping
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let slots: Vec<_> = shared.partitions.slots().collect();
        let mut slice = Slice {
            shared,
            now,
            budget,
            done: Maintained::default(),
        };
        for _ in 0..slots.len() {
            let slot = slots[housekeeping.next % slots.len()];
            if !slice.visit(slot, &mut housekeeping.passes)? {
                slice.done.more = true;
                break;
            }
            housekeeping.next = (housekeeping.next + 1) % slots.len();
        }
        Ok(slice.done)
    }
}

impl Slice<'_> {
    /// Works on one partition; false where the budget ended before the work did.
    fn visit(&mut self, slot: Slot, passes: &mut HashMap<Slot, Pass>) -> Result<bool, Error> {
        let (topic, _) = self.shared.partitions.place(slot);
        match topic.spec().cleanup {
            Cleanup::Keep => Ok(true),
            Cleanup::Delete { retention_s } => self.expire(slot, retention_s),
            Cleanup::Compact => self.compact(slot, passes),
        }
    }

    /// The offset from which on everything stays: what is not durable, or not committed by some group.
    fn keep_from(&self, slot: Slot) -> i64 {
        let (topic, partition) = self.shared.partitions.place(slot);
        let durable = self.shared.partitions.ends(slot).durable();
        let slowest = self.shared.slowest_group(topic, partition);
        slowest.map_or(durable, |slowest| slowest.min(durable))
    }

    /// Deletes records, with what is noted about their partition, in one commit.
    fn delete(&self, slot: Slot, offsets: &[i64], notes: Vec<Write>) -> Result<(), Error> {
        let (topic, partition) = self.shared.partitions.place(slot);
        let mut writes = notes;
        writes.extend(offsets.iter().map(|offset| Write {
            keyspace: self.shared.log.clone(),
            key: keys::record(topic, partition, *offset).into(),
            value: None,
        }));
        if writes.is_empty() {
            return Ok(());
        }
        if let Some(reason) = self.shared.poison.reason() {
            return Err(Error::Poisoned(reason));
        }
        write_and_wait(self.shared, writes, When::Written)
    }

    /// The note of a partition's first kept offset.
    fn floor(&self, slot: Slot, floor: i64) -> Write {
        let (topic, partition) = self.shared.partitions.place(slot);
        Write {
            keyspace: self.shared.meta.clone(),
            key: keys::floor(topic, partition).into(),
            value: Some(floor.to_be_bytes().into()),
        }
    }
}
