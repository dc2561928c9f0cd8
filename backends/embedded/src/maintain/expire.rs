//! Retention: the oldest records go once they are past it.

use super::Slice;
use crate::frame::Frame;
use crate::keys;
use crate::partitions::Slot;
use crate::read::{corrupt, damaged};
use mediamesh_ports::event_log::Error;

impl Slice<'_> {
    /// Deletes from the front of a partition; false where the budget ended first.
    pub(super) fn expire(&mut self, slot: Slot, retention_s: i64) -> Result<bool, Error> {
        let (topic, partition) = self.shared.partitions.place(slot);
        let ends = self.shared.partitions.ends(slot);
        let (start, end) = (ends.start(), self.keep_from(slot));
        if start >= end {
            return Ok(true);
        }
        let oldest = self.now.plus_seconds(-retention_s);
        let range = keys::record(topic, partition, start)..keys::record(topic, partition, end);
        let (mut expired, mut whole) = (Vec::new(), true);
        for guard in self.shared.log.range(range) {
            if self.budget == 0 {
                whole = false;
                break;
            }
            self.budget -= 1;
            self.done.looked_at += 1;
            let (key, value) = guard.into_inner().map_err(|error| damaged(&error))?;
            let frame = Frame::head(&value)
                .map_err(|error| corrupt(topic, partition, &error.to_string()))?;
            if frame.timestamp >= oldest {
                break;
            }
            expired.extend(keys::offset_of(&key).map(|offset| offset.0));
        }
        if let Some(last) = expired.last() {
            let floor = last + 1;
            self.delete(slot, &expired, vec![self.floor(slot, floor)])?;
            ends.set_start(floor);
            self.done.expired += expired.len();
        }
        Ok(whole)
    }
}
