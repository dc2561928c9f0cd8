//! A sink's turns: poll, read, write; flush; then tell the progress and commit.
//!
//! What is written but not flushed is *pending*: its partitions are not offered again until the flush, so at
//! most one batch per partition is under way. Where flushes are dear, a sink rests after one and takes nothing; then it
//! takes all that has come meanwhile and flushes at once. (Taken early, a batch would wait for the flush, and what comes
//! after it for the next one.)

mod redrive;
mod taking;

use super::{Stalls, Turn, Worker};
use crate::clock::Clock;
use crate::mark::Mark;
use crate::meter::{self, Tally};
use crate::overlay::Overlay;
use crate::processor::Failure;
use crate::sink::{ParkedState, Parking, ProgressWriter, Sink};
use mediamesh_domain::parked::HeldKey;
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_ports::event_log::{Batch, Error, GroupSpec, Member, NewRecord, Step};
use mediamesh_ports::state_store::StateChange;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// When a sink flushes, and how much it takes at once.
#[derive(Debug, Clone, Copy)]
pub struct FlushLimits {
    /// At most so many records of a partition at once.
    pub records: usize,
    /// After so many records, whatever else is there.
    pub documents: usize,
    /// At most so often, where little comes.
    pub every: Duration,
    /// So many records in one flush are much: then there is no rest after it.
    pub much: usize,
    /// How long a poll waits where there is nothing.
    pub wait: Duration,
}

impl FlushLimits {
    /// For stores whose writes are readable when they return: a flush after each batch.
    #[must_use]
    pub fn at_once() -> Self {
        Self {
            records: 500,
            documents: 0,
            every: Duration::ZERO,
            much: 0,
            wait: Duration::from_millis(100),
        }
    }

    /// For stores whose flushes are dear: at most each 250 ms while little comes, else after 5,000 documents or where
    /// nothing more is there.
    #[must_use]
    pub fn seldom() -> Self {
        Self {
            records: 5_000,
            documents: 5_000,
            every: Duration::from_millis(250),
            much: 500,
            wait: Duration::from_millis(100),
        }
    }
}

/// Turns a sink.
pub struct SinkWorker<S: Sink> {
    spec: GroupSpec,
    sink: S,
    clock: Arc<dyn Clock>,
    limits: FlushLimits,
    progress: ProgressWriter,
    parking: Arc<Parking>,
    parked: ParkedState,
    pending: Vec<Pending>,
    /// When it flushed last, where it rests after that.
    rests_from: Option<Duration>,
    reached: Position,
    stalls: Stalls,
    marks: BTreeMap<Partition, Mark>,
    tally: Tally,
}

/// What was written for a partition and waits for the flush.
struct Pending {
    mark: Mark,
    partition: Partition,
    changes: Vec<StateChange>,
    parked: Vec<HeldKey>,
    said: Option<Seq>,
    tally: Tally,
    taken: usize,
    stalled: Option<String>,
}

impl<S: Sink> SinkWorker<S> {
    /// A worker that turns a sink as a member of a group that keeps a state for parked keys.
    #[must_use]
    pub fn new(
        spec: GroupSpec,
        sink: S,
        limits: FlushLimits,
        progress: ProgressWriter,
        parking: &Arc<Parking>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            spec,
            sink,
            clock,
            limits,
            progress,
            parking: Arc::clone(parking),
            parked: ParkedState::default(),
            pending: Vec::new(),
            rests_from: None,
            reached: Position::default(),
            stalls: Stalls::default(),
            marks: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// How the records committed so far ended.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn state(&self, partition: Partition, member: &dyn Member) -> Result<Overlay, Error> {
        Ok(Overlay::over(Some(member.state(partition)?)))
    }

    /// Reads where a partition stands and what is parked in it, once.
    fn adopt(&mut self, partition: Partition, member: &dyn Member) -> Result<Mark, Error> {
        if let (Some(mark), true) = (self.marks.get(&partition), self.parked.knows(partition)) {
            return Ok(*mark);
        }
        let state = self.state(partition, member)?;
        let corrupt = |e: mediamesh_domain::state::Unreadable| Error::Transient(e.to_string());
        let mark = Mark::read(&state).map_err(corrupt)?.unwrap_or_default();
        self.parked
            .load(self.sink.view(), partition, &state)
            .map_err(corrupt)?;
        self.marks.insert(partition, mark);
        self.tell_parked(partition);
        Ok(mark)
    }

    /// Tells this process what is parked in a partition, as it was committed.
    fn tell_parked(&self, partition: Partition) {
        meter::parked(&self.spec.name, self.parked.records());
        let keys = self.parked.list(partition);
        self.parking.replace(self.sink.view(), partition, keys);
    }

    /// Whether what is pending is to be flushed before more is taken.
    fn is_full(&self) -> bool {
        !self.pending.is_empty()
            && (self.taken() >= self.limits.documents
                || self.pending.iter().any(|pending| pending.stalled.is_some()))
    }

    /// How many records are pending.
    fn taken(&self) -> usize {
        self.pending.iter().map(|pending| pending.taken).sum()
    }

    /// How long nothing is to be taken, a piece of it.
    fn rest(&self, now: Duration) -> Option<Duration> {
        if !self.pending.is_empty() {
            return None;
        }
        let until = self.rests_from? + self.limits.every;
        let rest = until.saturating_sub(now).min(self.limits.wait);
        let rest = rest.min(self.stalls.next_due(now).unwrap_or(rest));
        (!rest.is_zero()).then_some(rest)
    }

    /// Flushes, tells the progress and commits what is pending.
    fn flush(&mut self, member: &mut dyn Member) -> Result<(), Error> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let started = self.clock.elapsed();
        let much = self.taken() >= self.limits.much;
        let pending = std::mem::take(&mut self.pending);
        let said: Vec<(Partition, Seq)> = pending
            .iter()
            .filter_map(|pending| Some((pending.partition, pending.said?)))
            .collect();
        let outputs = match self.make_readable(&said) {
            Ok(outputs) => outputs,
            Err(reason) => return self.void(&pending, &reason, member),
        };
        let took = self.clock.elapsed().saturating_sub(started);
        meter::flushed(&self.spec.name, took);
        self.rests_from = (!much).then(|| self.clock.elapsed());
        let mut outputs = outputs.into_iter();
        for pending in pending {
            let record = pending.said.and_then(|_| outputs.next());
            self.commit(pending, record, took, member)?;
        }
        Ok(())
    }

    fn make_readable(&mut self, said: &[(Partition, Seq)]) -> Result<Vec<NewRecord>, String> {
        let mut reached = self.reached.clone();
        for (partition, seq) in said {
            reached.advance(*partition, *seq);
        }
        self.sink
            .flush(&reached)
            .map_err(|failure| failure.to_string())?;
        let records = self.progress.note(self.sink.view(), said)?;
        self.reached = reached;
        Ok(records)
    }

    fn commit(
        &mut self,
        pending: Pending,
        record: Option<NewRecord>,
        took: Duration,
        member: &mut dyn Member,
    ) -> Result<(), Error> {
        let partition = pending.partition;
        let has_parked = !pending.parked.is_empty();
        let mut outputs = self.progress.parked(pending.parked)?;
        outputs.extend(record);
        let step = Step {
            partition,
            next_offset: pending.mark.next_offset,
            changes: pending.changes,
            outputs,
        };
        match member.commit(step) {
            Ok(()) => {}
            Err(Error::Transient(reason)) => return self.pause(partition, reason, member),
            Err(error) => return Err(error),
        }
        self.marks.insert(partition, pending.mark);
        if has_parked {
            self.tell_parked(partition);
        }
        self.tally.add(pending.tally);
        meter::committed(&self.spec.name, pending.tally, took);
        match pending.stalled {
            Some(reason) => self.pause(partition, reason, member),
            None => {
                self.stalls.clear(partition);
                Ok(())
            }
        }
    }

    /// Takes back everything that is pending: it is read and written again after a pause.
    fn void(
        &mut self,
        pending: &[Pending],
        reason: &str,
        member: &mut dyn Member,
    ) -> Result<(), Error> {
        for pending in pending {
            self.pause(pending.partition, reason.to_owned(), member)?;
        }
        Ok(())
    }

    fn pause(
        &mut self,
        partition: Partition,
        reason: String,
        member: &mut dyn Member,
    ) -> Result<(), Error> {
        meter::paused(&self.spec.name);
        self.stalls.pause(partition, reason, self.clock.elapsed());
        self.parked.forget(partition);
        self.marks.remove(&partition);
        member.rewind(partition)
    }

    /// The next batch to take, or how the turn ends without one.
    fn next_batch(&mut self, member: &mut dyn Member) -> Result<Result<Batch, Turn>, Error> {
        let now = self.clock.elapsed();
        if let Some(batch) = self.stalls.due(now) {
            return Ok(Ok(batch));
        }
        let wait = if self.pending.is_empty() {
            let wait = self.limits.wait;
            wait.min(self.stalls.next_due(now).unwrap_or(wait))
        } else {
            Duration::ZERO
        };
        let Some(batch) = member.poll(self.limits.records, wait)? else {
            return Ok(Err(Turn::Idle));
        };
        Ok(self
            .stalls
            .keep(batch, self.clock.elapsed())
            .ok_or(Turn::Worked))
    }

    fn go_on(&mut self, member: &mut dyn Member) -> Result<Turn, Error> {
        self.answer_asks(member)?;
        if let Some(rest) = self.rest(self.clock.elapsed()) {
            return Ok(Turn::Held(rest));
        }
        match self.next_batch(member)? {
            Ok(batch) => {
                self.take(&batch, member)?;
                if self.is_full() {
                    self.flush(member)?;
                }
            }
            Err(turn) if self.pending.is_empty() => return Ok(turn),
            Err(_) => self.flush(member)?,
        }
        Ok(Turn::Worked)
    }
}

impl<S: Sink> Worker for SinkWorker<S> {
    fn spec(&self) -> GroupSpec {
        self.spec.clone()
    }

    fn joined(&mut self) {
        self.pending.clear();
        self.stalls.forget();
        self.marks.clear();
        self.parked = ParkedState::default();
        self.reached = Position::default();
    }

    fn turn(&mut self, member: &mut dyn Member) -> Turn {
        for partition in member.owned() {
            if !self.parked.knows(partition)
                && !self.stalls.is_paused(partition, self.clock.elapsed())
                && let Err(error) = self.adopt(partition, member)
            {
                return error.into();
            }
        }
        self.go_on(member).unwrap_or_else(Turn::from)
    }

    fn paused(&self) -> Option<String> {
        self.stalls.reason()
    }

    fn drain(&mut self, member: &mut dyn Member) {
        if let Err(error) = self.flush(member) {
            tracing::warn!(sink = self.spec.name, %error, "the last flush is left to the next owner");
        }
    }
}

fn reason_of(failure: Failure) -> Result<String, crate::processor::Rejection> {
    match failure {
        Failure::Transient(reason) => Ok(reason),
        Failure::Rejection(rejection) => Err(rejection),
    }
}

#[cfg(test)]
mod tests;
