//! What is asked of parked keys, done by the thread that owns their partition: their records are tried again, in
//! order, or the first one is given up and those behind it are tried.

use super::taking::{redriven, state_change};
use super::{SinkWorker, reason_of};
use crate::meter;
use crate::processor::Rejection;
use crate::sink::{KeptRecord, ParkedState, Sink};
use mediamesh_domain::parked::{HeldKey, ParkedAsk, ParkedWish};
use mediamesh_ports::event_log::{Error, Member, Step};
use mediamesh_ports::state_store::StateChange;
use std::time::Duration;

/// What became of a parked key.
#[derive(Default)]
struct Tried {
    changes: Vec<StateChange>,
    written: usize,
    /// How many records are held no longer.
    ended: usize,
    /// The first record that stays, and how many do.
    stays: Option<(KeptRecord, i64)>,
}

impl<S: Sink> SinkWorker<S> {
    /// Does what is asked of the keys of this worker's partitions; what still cannot be taken stays parked.
    pub(super) fn answer_asks(&mut self, member: &mut dyn Member) -> Result<(), Error> {
        let asks = self.parking.asked(self.sink.view());
        if asks.is_empty() {
            return Ok(());
        }
        let owned = member.owned();
        for ask in asks {
            let partition = ask.place.partition;
            if owned.contains(&partition) && self.parked.knows(partition) {
                self.flush(member)?;
                self.answer(&ask, member)?;
            }
        }
        Ok(())
    }

    fn answer(&mut self, ask: &ParkedAsk, member: &mut dyn Member) -> Result<(), Error> {
        let partition = ask.place.partition;
        let mark = self.adopt(partition, member)?;
        let tried = match self.parked.key(partition, &ask.place.key) {
            Some(key) => self.try_again(ask, &key, member)?,
            None => Tried::default(),
        };
        let ended = tried.ended;
        let held = tried.held(ask);
        member.commit(Step {
            partition,
            next_offset: mark.next_offset,
            changes: tried.changes,
            outputs: self.progress.parked(vec![held.clone()])?,
        })?;
        tracing::info!(
            sink = self.spec.name,
            key = %ask.place,
            wish = ?ask.wish,
            principal.id = ask.principal.id,
            written = tried.written,
            still_held = held.records,
            "what was asked of a parked key is done"
        );
        // The partition may be offered again now: what was kept of it would come twice.
        self.stalls.drop_batch(partition);
        member.rewind(partition)?;
        self.parked.forget(partition);
        self.adopt(partition, member)?;
        self.parking.settle(&held);
        self.tally.add(redriven(ended));
        meter::committed(&self.spec.name, redriven(ended), Duration::ZERO);
        Ok(())
    }

    /// Writes what can be written of a key's records, in order, up to the first that cannot.
    fn try_again(
        &mut self,
        ask: &ParkedAsk,
        key: &[u8],
        member: &mut dyn Member,
    ) -> Result<Tried, Error> {
        let state = self.state(ask.place.partition, member)?;
        let held = ParkedState::read(&state, key).map_err(|e| Error::Corrupt(e.to_string()))?;
        let given_up =
            |kept: &KeptRecord| ask.wish == ParkedWish::Drop && kept.offset() <= ask.first_offset;
        let mut tried = Tried::default();
        for (place, kept) in held.iter().enumerate() {
            if !given_up(kept) {
                match self.write_again(kept)? {
                    Ok(()) => tried.written += 1,
                    Err(rejection) => {
                        tried.stays(kept, rejection, held.len() - place)?;
                        break;
                    }
                }
            }
            tried.ended += 1;
            tried.changes.push(state_change(kept.released()));
        }
        let reached = self.reached.clone();
        if tried.written > 0
            && let Err(failure) = self.sink.flush(&reached)
        {
            // Nothing of it may be let go: what was written is written once more when it is asked again.
            let reason = failure.to_string();
            tracing::warn!(sink = self.spec.name, reason, "key stays parked");
            tried = Tried::default();
            if let Some(first) = held.first() {
                tried.stays = Some((first.clone(), held.len() as i64));
            }
        }
        Ok(tried)
    }

    /// Writes one record that was parked, or says why it cannot be yet; no rejection: something is away.
    fn write_again(&mut self, kept: &KeptRecord) -> Result<Result<(), Option<Rejection>>, Error> {
        let record = kept.record().map_err(|e| Error::Corrupt(e.to_string()))?;
        let written = self.sink.read(&record).and_then(|reading| {
            reading
                .item
                .map_or(Ok(()), |item| self.sink.write(std::slice::from_ref(&item)))
        });
        Ok(written.map_err(|failure| {
            tracing::warn!(sink = self.spec.name, reason = %failure, "key stays parked");
            reason_of(failure).err()
        }))
    }
}

impl Tried {
    /// What is told of the key.
    fn held(&self, ask: &ParkedAsk) -> HeldKey {
        let first = self.stays.as_ref().map(|(first, _)| first);
        HeldKey {
            place: ask.place.clone(),
            code: first.map_or_else(String::new, |first| first.code.clone()),
            reason: first.map_or_else(String::new, |first| first.reason.clone()),
            records: self.stays.as_ref().map_or(0, |(_, records)| *records),
            first_offset: first.map_or(ask.first_offset, KeptRecord::offset),
            answers: Some(ask.command_id),
        }
    }

    /// The records from here on stay; the first is kept with what is wrong with it now.
    fn stays(
        &mut self,
        first: &KeptRecord,
        rejection: Option<Rejection>,
        records: usize,
    ) -> Result<(), Error> {
        let mut first = first.clone();
        if let Some(rejection) = rejection {
            first.code = rejection.code;
            first.reason = rejection.reason;
            let kept = first.kept().map_err(|e| Error::Corrupt(e.to_string()))?;
            self.changes.push(state_change(kept));
        }
        self.stays = Some((first, records as i64));
        Ok(())
    }
}
