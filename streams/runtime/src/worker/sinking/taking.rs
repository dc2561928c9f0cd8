//! Taking a batch in: what can be read is written, what cannot parks its key.

use super::{Pending, SinkWorker, reason_of};
use crate::mark::Mark;
use crate::meter::Tally;
use crate::processor::{Outcome, Rejection};
use crate::sink::{KeptRecord, Sink};
use mediamesh_domain::position::Seq;
use mediamesh_domain::state::Change;
use mediamesh_ports::event_log::{Batch, Error, Member, Record};
use mediamesh_ports::state_store::StateChange;
use std::collections::BTreeSet;

/// What of a batch was read.
struct Taken<'a, I> {
    records: Vec<&'a Record>,
    items: Vec<I>,
    changes: Vec<StateChange>,
    said: Option<Seq>,
    mark: Mark,
    taken: usize,
    parked: usize,
    parked_keys: BTreeSet<Vec<u8>>,
    stalled: Option<String>,
}

impl<S: Sink> SinkWorker<S> {
    /// Reads and writes a batch, and leaves it pending.
    pub(super) fn take(&mut self, batch: &Batch, member: &mut dyn Member) -> Result<(), Error> {
        let mark = self.adopt(batch.partition, member)?;
        let mut taken = self.read(batch, mark)?;
        if taken.taken == 0 {
            let reason = taken.stalled.unwrap_or_else(|| "an empty batch".to_owned());
            return self.pause(batch.partition, reason, member);
        }
        if let Err(reason) = self.write(&mut taken)? {
            return self.pause(batch.partition, reason, member);
        }
        taken.changes.push(state_change(taken.mark.change()));
        let tally = Tally {
            state_changed: (taken.taken - taken.parked) as u64,
            ..Tally::default()
        };
        let parked = taken.parked_keys.iter();
        let parked = parked.filter_map(|key| self.parked.get(batch.partition, key).cloned());
        self.pending.push(Pending {
            mark: taken.mark,
            partition: batch.partition,
            parked: parked.collect(),
            changes: taken.changes,
            said: taken.said,
            tally,
            taken: taken.taken,
            stalled: taken.stalled,
        });
        Ok(())
    }

    fn read<'a>(&mut self, batch: &'a Batch, mark: Mark) -> Result<Taken<'a, S::Item>, Error> {
        let mut taken = Taken {
            records: Vec::with_capacity(batch.records.len()),
            items: Vec::with_capacity(batch.records.len()),
            changes: Vec::new(),
            said: None,
            mark,
            taken: 0,
            parked: 0,
            parked_keys: BTreeSet::new(),
            stalled: None,
        };
        for record in &batch.records {
            if !self.park_behind(record, &mut taken)? {
                match self.sink.read(record) {
                    Ok(reading) => {
                        taken.said = taken.said.max(reading.said);
                        if let Some(item) = reading.item {
                            taken.records.push(record);
                            taken.items.push(item);
                        }
                    }
                    Err(failure) => match reason_of(failure) {
                        Ok(reason) => {
                            taken.stalled = Some(reason);
                            break;
                        }
                        Err(rejection) => self.park(record, &rejection, &mut taken)?,
                    },
                }
            }
            taken.taken += 1;
            taken.mark.next_offset = record.offset.next();
        }
        Ok(taken)
    }

    /// Writes what was read; where the store rejects the batch, item by item.
    fn write(&mut self, taken: &mut Taken<'_, S::Item>) -> Result<Result<(), String>, Error> {
        if taken.items.is_empty() {
            return Ok(Ok(()));
        }
        let Err(failure) = self.sink.write(&taken.items) else {
            return Ok(Ok(()));
        };
        if let Ok(reason) = reason_of(failure) {
            return Ok(Err(reason));
        }
        let items = std::mem::take(&mut taken.items);
        let records = std::mem::take(&mut taken.records);
        for (record, item) in records.into_iter().zip(items) {
            if self.park_behind(record, taken)? {
                continue;
            }
            match self
                .sink
                .write(std::slice::from_ref(&item))
                .map_err(reason_of)
            {
                Ok(()) => {}
                Err(Ok(reason)) => return Ok(Err(reason)),
                Err(Err(rejection)) => self.park(record, &rejection, taken)?,
            }
        }
        Ok(Ok(()))
    }

    /// Parks a record whose key is parked already; false where it is not.
    fn park_behind(
        &mut self,
        record: &Record,
        taken: &mut Taken<'_, S::Item>,
    ) -> Result<bool, Error> {
        let Some(parked) = self.parked.get(record.partition, &record.key) else {
            return Ok(false);
        };
        let rejection = Rejection::new(parked.code.clone(), parked.reason.clone());
        self.keep(record, &rejection, taken)?;
        Ok(true)
    }

    fn park(
        &mut self,
        record: &Record,
        rejection: &Rejection,
        taken: &mut Taken<'_, S::Item>,
    ) -> Result<(), Error> {
        tracing::warn!(
            sink = self.spec.name,
            partition = record.partition.0,
            offset = record.offset.0,
            code = rejection.code,
            reason = rejection.reason,
            "key is parked"
        );
        self.keep(record, rejection, taken)
    }

    fn keep(
        &mut self,
        record: &Record,
        rejection: &Rejection,
        taken: &mut Taken<'_, S::Item>,
    ) -> Result<(), Error> {
        let held = KeptRecord::new(record, &rejection.code, &rejection.reason);
        let change = held.kept().map_err(|e| Error::Corrupt(e.to_string()))?;
        self.parked.add(self.sink.view(), &held);
        taken.changes.push(state_change(change));
        taken.parked += 1;
        taken.parked_keys.insert(record.key.clone());
        Ok(())
    }
}

pub(super) fn state_change(change: Change) -> StateChange {
    StateChange {
        key: change.key,
        value: change.value,
    }
}

/// How a redriven record ends.
pub(super) fn redriven(records: usize) -> Tally {
    let mut tally = Tally::default();
    (0..records).for_each(|_| tally.count(Outcome::StateChanged));
    tally
}
