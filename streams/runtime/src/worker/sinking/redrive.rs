//! Redrive: parked records are tried again, in order, by the thread that owns their partition.

use super::taking::{redriven, state_change};
use super::{SinkWorker, reason_of};
use crate::meter;
use crate::sink::{ParkedRecord, ParkedState, Redriven, Request, Sink};
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Error, Member, Step};
use mediamesh_ports::state_store::StateChange;
use std::time::Duration;

impl<S: Sink> SinkWorker<S> {
    /// Tries parked keys again and answers; what still cannot be taken stays parked.
    pub(super) fn redrive(
        &mut self,
        request: &Request,
        member: &mut dyn Member,
    ) -> Result<(), Error> {
        let mut records = 0;
        for (partition, key) in self.parked.keys(request.key.as_deref()) {
            records += self.redrive_key(partition, &key, member)?;
        }
        self.publish();
        // Nobody may wait for the answer any more; the work is done all the same.
        let _ = request.answer.send(Redriven {
            sink: self.spec.name.clone(),
            records,
            still_parked: self.parked.list(),
        });
        Ok(())
    }

    fn redrive_key(
        &mut self,
        partition: Partition,
        key: &[u8],
        member: &mut dyn Member,
    ) -> Result<usize, Error> {
        let mark = self.adopt(partition, member)?;
        let state = self.state(partition, member)?;
        let held = ParkedState::records(&state, key).map_err(|e| Error::Corrupt(e.to_string()))?;
        let mut changes: Vec<StateChange> = Vec::new();
        for parked in held {
            if let Err(reason) = self.write_again(&parked)? {
                tracing::warn!(sink = self.spec.name, reason, "key stays parked");
                break;
            }
            changes.push(state_change(parked.released()));
        }
        let reached = self.reached.clone();
        if changes.is_empty() || self.sink.flush(&reached).is_err() {
            return Ok(0);
        }
        let count = changes.len();
        member.commit(Step {
            partition,
            next_offset: mark.next_offset,
            changes,
            outputs: Vec::new(),
        })?;
        // The partition may be offered again now: what was kept of it would come twice.
        self.stalls.drop_batch(partition);
        member.rewind(partition)?;
        self.parked.forget(partition);
        self.adopt(partition, member)?;
        self.tally.add(redriven(count));
        meter::committed(&self.spec.name, redriven(count), Duration::ZERO);
        Ok(count)
    }

    /// Writes one record that was parked, or says why it cannot be yet.
    fn write_again(&mut self, parked: &ParkedRecord) -> Result<Result<(), String>, Error> {
        let record = parked.record().map_err(|e| Error::Corrupt(e.to_string()))?;
        let written = self.sink.read(&record).and_then(|reading| {
            reading
                .item
                .map_or(Ok(()), |item| self.sink.write(std::slice::from_ref(&item)))
        });
        Ok(written.map_err(|failure| {
            reason_of(failure).unwrap_or_else(|rejection| rejection.to_string())
        }))
    }
}
