//! Compaction: of each key the newest record stays, and a tombstone for a day.
//!
//! A pass over a partition first maps the keys of the records that came since the last pass (as many as fit),
//! then walks from the start up to there and deletes what the map says is replaced.

use super::Slice;
use crate::frame::Frame;
use crate::keys;
use crate::partitions::Slot;
use crate::read::{corrupt, damaged};
use crate::writer::Write;
use fjall::Slice as Bytes;
use mediamesh_ports::event_log::Error;
use std::collections::HashMap;

/// A pass maps no more keys than this: it holds them in memory.
const MAX_KEYS: usize = 50_000;
/// How long a tombstone stays for those who read late.
const TOMBSTONES_S: i64 = 86_400;

/// A compaction under way.
pub(crate) struct Pass {
    /// The newest offset of each key among the records that came since the last pass.
    newest: HashMap<Vec<u8>, i64>,
    /// Where the map ends.
    mapped: i64,
    /// Where the walk is; none while the map is made.
    walked: Option<i64>,
    kept: i64,
    first_kept: Option<i64>,
}

/// How far a partition is compacted, and how many records that left.
#[derive(Default)]
struct Clean {
    until: i64,
    kept: i64,
}

impl Slice<'_> {
    /// Goes on with a partition's pass, or begins one where it is worth it; false where the budget ended first.
    pub(super) fn compact(
        &mut self,
        slot: Slot,
        passes: &mut HashMap<Slot, Pass>,
    ) -> Result<bool, Error> {
        let mut pass = match passes.remove(&slot) {
            Some(pass) => pass,
            None => match self.begin(slot)? {
                Some(pass) => pass,
                None => return Ok(true),
            },
        };
        let done = self.map(slot, &mut pass)? && self.walk(slot, &mut pass)?;
        if !done {
            passes.insert(slot, pass);
        }
        Ok(done)
    }

    /// Begins a pass where as much has come as half of what is kept.
    fn begin(&self, slot: Slot) -> Result<Option<Pass>, Error> {
        let clean = self.clean(slot)?;
        let came = self.keep_from(slot) - clean.until;
        let least = self.shared.compact_after as i64;
        Ok((came >= least.max(clean.kept / 2)).then(|| Pass {
            newest: HashMap::new(),
            mapped: clean.until,
            walked: None,
            kept: 0,
            first_kept: None,
        }))
    }

    fn map(&mut self, slot: Slot, pass: &mut Pass) -> Result<bool, Error> {
        if pass.walked.is_some() {
            return Ok(true);
        }
        let end = self.keep_from(slot);
        let (topic, partition) = self.shared.partitions.place(slot);
        let range =
            keys::record(topic, partition, pass.mapped)..keys::record(topic, partition, end);
        for guard in self.shared.log.range(range) {
            if self.budget == 0 {
                return Ok(false);
            }
            if pass.newest.len() == MAX_KEYS {
                break;
            }
            let (offset, value) = self.look(slot, guard)?;
            let key = self.frame(slot, &value)?.key;
            match pass.newest.get_mut(key) {
                Some(newest) => *newest = offset,
                None => drop(pass.newest.insert(key.to_vec(), offset)),
            }
            pass.mapped = offset + 1;
        }
        if pass.newest.len() < MAX_KEYS {
            pass.mapped = pass.mapped.max(end);
        }
        pass.walked = Some(self.shared.partitions.ends(slot).start());
        Ok(true)
    }

    fn walk(&mut self, slot: Slot, pass: &mut Pass) -> Result<bool, Error> {
        let (topic, partition) = self.shared.partitions.place(slot);
        let from = pass.walked.unwrap_or(0);
        let range =
            keys::record(topic, partition, from)..keys::record(topic, partition, pass.mapped);
        let last = self.shared.partitions.ends(slot).written() - 1;
        let mut replaced = Vec::new();
        let mut whole = true;
        for guard in self.shared.log.range(range) {
            if self.budget == 0 {
                whole = false;
                break;
            }
            let (offset, value) = self.look(slot, guard)?;
            pass.walked = Some(offset + 1);
            // The last record stays in any case: the next offset is known by it.
            if offset != last && self.goes(slot, pass, offset, &value)? {
                replaced.push(offset);
            } else {
                pass.kept += 1;
                pass.first_kept.get_or_insert(offset);
            }
        }
        let notes = if whole {
            self.notes(slot, pass)
        } else {
            Vec::new()
        };
        self.delete(slot, &replaced, notes)?;
        self.done.compacted += replaced.len();
        if whole {
            let ends = self.shared.partitions.ends(slot);
            ends.set_start(pass.first_kept.unwrap_or(pass.mapped));
        }
        Ok(whole)
    }

    fn goes(&self, slot: Slot, pass: &Pass, offset: i64, value: &Bytes) -> Result<bool, Error> {
        let frame = self.frame(slot, value)?;
        if pass
            .newest
            .get(frame.key)
            .is_some_and(|newest| *newest > offset)
        {
            return Ok(true);
        }
        let (topic, partition) = self.shared.partitions.place(slot);
        let tombstone = frame
            .is_tombstone()
            .map_err(|error| corrupt(topic, partition, &error.to_string()))?;
        Ok(tombstone && frame.timestamp < self.now.plus_seconds(-TOMBSTONES_S))
    }

    fn look(&mut self, slot: Slot, guard: fjall::Guard) -> Result<(i64, Bytes), Error> {
        self.budget -= 1;
        self.done.looked_at += 1;
        let (key, value) = guard.into_inner().map_err(|error| damaged(&error))?;
        let (topic, partition) = self.shared.partitions.place(slot);
        let offset = keys::offset_of(&key).ok_or_else(|| corrupt(topic, partition, "a key"))?;
        Ok((offset.0, value))
    }

    fn frame<'v>(&self, slot: Slot, value: &'v Bytes) -> Result<Frame<'v>, Error> {
        let (topic, partition) = self.shared.partitions.place(slot);
        Frame::head(value).map_err(|error| corrupt(topic, partition, &error.to_string()))
    }

    fn clean(&self, slot: Slot) -> Result<Clean, Error> {
        let (topic, partition) = self.shared.partitions.place(slot);
        let stored = self.shared.meta.get(keys::clean(topic, partition));
        let stored = stored.map_err(|error| damaged(&error))?;
        let halves = stored
            .as_deref()
            .and_then(|bytes| bytes.split_at_checked(8));
        Ok(halves.map_or_else(Clean::default, |(until, kept)| Clean {
            until: keys::number(until).unwrap_or(0),
            kept: keys::number(kept).unwrap_or(0),
        }))
    }

    fn notes(&self, slot: Slot, pass: &Pass) -> Vec<Write> {
        let (topic, partition) = self.shared.partitions.place(slot);
        let clean = [pass.mapped.to_be_bytes(), pass.kept.to_be_bytes()].concat();
        vec![
            self.floor(slot, pass.first_kept.unwrap_or(pass.mapped)),
            Write {
                keyspace: self.shared.meta.clone(),
                key: keys::clean(topic, partition).into(),
                value: Some(clean.into()),
            },
        ]
    }
}
