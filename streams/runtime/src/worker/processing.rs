//! A processor's turns: poll, process, and commit one step of one partition.

use super::{Stalls, Turn, Worker};
use crate::clock::Clock;
use crate::mark::Mark;
use crate::meter::{self, Tally};
use crate::overlay::Overlay;
use crate::processor::Processor;
use crate::step::{ClosedStep, OpenStep, Transient};
use crate::timers::Timers;
use crate::window::Window;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Batch, Error, GroupSpec, Member};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a step that the next stage has no room for is held back, before that is asked again.
const HELD: Duration = Duration::from_millis(1);

/// When a step is closed.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After so many records.
    pub records: usize,
    /// After so long.
    pub time: Duration,
    /// How long a poll waits where there is nothing.
    pub wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            records: 500,
            time: Duration::from_millis(50),
            wait: Duration::from_millis(100),
        }
    }
}

/// Turns a processor.
pub struct ProcessorWorker {
    spec: GroupSpec,
    processor: Box<dyn Processor>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    window: Option<Window>,
    timers: Option<Timers>,
    work: Option<Work>,
    stalls: Stalls,
    marks: BTreeMap<Partition, Mark>,
    tally: Tally,
}

/// A batch on its way, and the step that is ready but does not fit into the window yet.
struct Work {
    batch: Batch,
    next: usize,
    resuming: bool,
    ready: Option<Ready>,
}

struct Ready {
    closed: ClosedStep,
    stalled: Option<Transient>,
    opened: Duration,
}

impl Work {
    fn on(batch: Batch) -> Self {
        Self {
            batch,
            next: 0,
            resuming: true,
            ready: None,
        }
    }

    fn is_done(&self) -> bool {
        self.next == self.batch.records.len() && !self.resuming
    }
}

impl ProcessorWorker {
    /// A worker that turns a processor as a member of a group.
    #[must_use]
    pub fn new(spec: GroupSpec, processor: Box<dyn Processor>, clock: Arc<dyn Clock>) -> Self {
        Self {
            spec,
            processor,
            clock,
            limits: Limits::default(),
            window: None,
            timers: None,
            work: None,
            stalls: Stalls::default(),
            marks: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// The worker with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The worker with a window that its outputs must fit into.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self
    }

    /// The worker with timers to put on the log; never for a rebuild or a dry run.
    #[must_use]
    pub fn with_timers(mut self, timers: Timers) -> Self {
        self.timers = Some(timers);
        self
    }

    /// How the records committed so far ended.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn mark(&mut self, partition: Partition, member: &dyn Member) -> Result<Mark, Error> {
        if let Some(mark) = self.marks.get(&partition) {
            return Ok(*mark);
        }
        let mut mark = Mark::default();
        if self.spec.store.is_some() {
            let state = Overlay::over(Some(member.state(partition)?));
            let read = Mark::read(&state).map_err(|e| Error::Corrupt(e.to_string()))?;
            mark = read.unwrap_or_default();
        }
        self.marks.insert(partition, mark);
        Ok(mark)
    }

    /// A partition that is new here and was left unfinished: work without records.
    fn left_unfinished(&mut self, member: &dyn Member) -> Result<Option<Work>, Error> {
        if self.spec.store.is_none() {
            return Ok(None);
        }
        let now = self.clock.elapsed();
        for partition in member.owned() {
            let known = self.marks.contains_key(&partition);
            if (!known || self.marks[&partition].unfinished)
                && self.mark(partition, member)?.unfinished
                && !self.stalls.is_paused(partition, now)
            {
                return Ok(Some(Work::on(Batch {
                    partition,
                    records: Vec::new(),
                    caught_up: false,
                })));
            }
        }
        Ok(None)
    }

    fn next_work(&mut self, member: &mut dyn Member) -> Result<Option<Work>, Turn> {
        let now = self.clock.elapsed();
        if let Some(batch) = self.stalls.due(now) {
            return Ok(Some(Work::on(batch)));
        }
        if let Some(work) = self.left_unfinished(member)? {
            return Ok(Some(work));
        }
        let wait = self.stalls.next_due(now).unwrap_or(self.limits.wait);
        match member.poll(self.limits.records, wait.min(self.limits.wait))? {
            Some(batch) => Ok(self.stalls.keep(batch, self.clock.elapsed()).map(Work::on)),
            None => {
                for partition in member.owned() {
                    self.fire_timers(partition, member)?;
                }
                Err(Turn::Idle)
            }
        }
    }

    /// Takes records into a step until it is full, and closes it.
    fn fill(&mut self, work: &mut Work, member: &dyn Member) -> Result<Option<Ready>, Error> {
        let opened = self.clock.elapsed();
        let partition = work.batch.partition;
        let mark = self.mark(partition, member)?;
        let state = match self.spec.store {
            Some(_) => Some(member.state(partition)?),
            None => None,
        };
        let mut step = OpenStep::open(partition, state, mark);
        let stalled = self.take_records(work, &mut step, opened).err();
        if step.is_empty() {
            if let Some(Transient(reason)) = stalled {
                return Err(Error::Transient(reason));
            }
            return Ok(None);
        }
        let closed = step
            .close(self.processor.as_mut())
            .map_err(|Transient(reason)| Error::Transient(reason))?;
        Ok(Some(Ready {
            closed,
            stalled,
            opened,
        }))
    }

    fn take_records(
        &mut self,
        work: &mut Work,
        step: &mut OpenStep,
        opened: Duration,
    ) -> Result<(), Transient> {
        loop {
            if work.resuming {
                if step.resume(self.processor.as_mut())? {
                    return Ok(());
                }
                work.resuming = false;
                let took = self.clock.elapsed().saturating_sub(opened);
                if took >= self.limits.time && !step.is_empty() {
                    return Ok(());
                }
            }
            let Some(record) = work.batch.records.get(work.next) else {
                return Ok(());
            };
            step.take(self.processor.as_mut(), record)?;
            work.next += 1;
            work.resuming = true;
        }
    }

    /// Commits the ready step of a piece of work, where it fits into the window.
    fn commit(
        &mut self,
        ready: Ready,
        member: &mut dyn Member,
    ) -> Result<Option<Transient>, Error> {
        let ClosedStep { step, mark, tally } = ready.closed;
        let partition = step.partition;
        member.commit(step)?;
        self.marks.insert(partition, mark);
        self.tally.add(tally);
        let took = self.clock.elapsed().saturating_sub(ready.opened);
        meter::committed(self.processor.name(), tally, took);
        if ready.stalled.is_none() {
            self.stalls.clear(partition);
        }
        Ok(ready.stalled)
    }

    fn pause(&mut self, partition: Partition, reason: String, member: &mut dyn Member) -> Turn {
        meter::paused(self.processor.name());
        self.stalls.pause(partition, reason, self.clock.elapsed());
        // The mark is read again: what was not committed is void.
        self.marks.remove(&partition);
        match member.rewind(partition) {
            Ok(()) => Turn::Worked,
            Err(error) => error.into(),
        }
    }

    fn fits(&self, ready: &Ready) -> Result<bool, Error> {
        self.window
            .as_ref()
            .map_or(Ok(true), |window| window.fits(&ready.closed.step.outputs))
    }

    fn go_on(&mut self, mut work: Work, member: &mut dyn Member) -> Result<Turn, Error> {
        let ready = match work.ready.take() {
            Some(ready) => Some(ready),
            None => self.fill(&mut work, member)?,
        };
        if let Some(ready) = ready {
            if !self.fits(&ready)? {
                work.ready = Some(ready);
                self.work = Some(work);
                return Ok(Turn::Held(HELD));
            }
            if let Some(Transient(reason)) = self.commit(ready, member)? {
                return Ok(self.pause(work.batch.partition, reason, member));
            }
        } else {
            // Nothing was left to do after all.
            self.stalls.clear(work.batch.partition);
        }
        if !work.is_done() {
            self.work = Some(work);
        } else if work.batch.caught_up {
            self.fire_timers(work.batch.partition, member)?;
        }
        Ok(Turn::Worked)
    }

    fn fire_timers(&mut self, partition: Partition, member: &dyn Member) -> Result<(), Error> {
        let Some(timers) = &mut self.timers else {
            return Ok(());
        };
        let state = Overlay::over(Some(member.state(partition)?));
        let fired = timers.fire(partition, &state, self.clock.as_ref())?;
        if fired > 0 {
            meter::timers_fired(self.processor.name(), fired);
        }
        Ok(())
    }
}

impl Worker for ProcessorWorker {
    fn spec(&self) -> GroupSpec {
        self.spec.clone()
    }

    fn joined(&mut self) {
        self.work = None;
        self.stalls.forget();
        self.marks.clear();
    }

    fn turn(&mut self, member: &mut dyn Member) -> Turn {
        let work = match self.work.take() {
            Some(work) => work,
            None => match self.next_work(member) {
                Ok(Some(work)) => work,
                Ok(None) => return Turn::Worked,
                Err(turn) => return turn,
            },
        };
        let partition = work.batch.partition;
        match self.go_on(work, member) {
            Ok(turn) => turn,
            Err(Error::Transient(reason)) => self.pause(partition, reason, member),
            Err(error) => error.into(),
        }
    }

    fn paused(&self) -> Option<String> {
        self.stalls.reason()
    }

    fn drain(&mut self, _member: &mut dyn Member) {
        // A turn ends with a commit; what is held back by the window is taken again by the next owner.
        self.work = None;
    }
}

#[cfg(test)]
mod tests;
