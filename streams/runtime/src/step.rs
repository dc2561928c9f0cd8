//! One step of a processor while it is open: what it has taken so far, and what that leads to.
//!
//! The same code runs under the threads of a deployment and under the driver of the tests.

use crate::dead_letter::dead_letter;
use crate::mark::Mark;
use crate::meter::Tally;
use crate::overlay::Overlay;
use crate::processor::{Effects, Failure, Processor, Rejection};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_ports::event_log::{NewRecord, Record, Step};
use mediamesh_ports::state_store::StateRead;
use std::sync::Arc;

/// Something outside is not there now; nothing of the failed call has counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transient(pub String);

/// A step that may still grow.
pub struct OpenStep {
    partition: Partition,
    stateful: bool,
    state: Overlay,
    outputs: Vec<NewRecord>,
    mark: Mark,
    tally: Tally,
    touched: bool,
}

/// A step that is ready to be committed.
#[derive(Debug)]
pub struct ClosedStep {
    /// What to commit.
    pub step: Step,
    /// Where the partition stands after it.
    pub mark: Mark,
    /// How its records ended.
    pub tally: Tally,
}

impl OpenStep {
    /// Opens a step of a partition that stands at `mark`; processors that keep no state have none.
    #[must_use]
    pub fn open(partition: Partition, state: Option<Arc<dyn StateRead>>, mark: Mark) -> Self {
        Self {
            partition,
            stateful: state.is_some(),
            state: Overlay::over(state),
            outputs: Vec::new(),
            mark,
            tally: Tally::default(),
            touched: false,
        }
    }

    /// Lets the processor take a record; one it rejects becomes a dead letter of this step.
    ///
    /// # Errors
    /// [`Transient`]: the record was not taken and is to be taken again, before any later one.
    pub fn take(
        &mut self,
        processor: &mut dyn Processor,
        record: &Record,
    ) -> Result<(), Transient> {
        let mut effects = Effects::default();
        match processor.process(record, &self.state, &mut effects) {
            Ok(outcome) => {
                self.merge(effects);
                self.tally.count(outcome);
            }
            Err(Failure::Rejection(rejection)) => self.reject(record, rejection)?,
            Err(Failure::Transient(reason)) => return Err(Transient(reason)),
        }
        self.mark.next_offset = record.offset.next();
        self.touched = true;
        Ok(())
    }

    /// Lets the processor do the next chunk of what it began, and says whether more is left.
    ///
    /// # Errors
    /// [`Transient`]: the chunk was not done; the step is marked unfinished.
    pub fn resume(&mut self, processor: &mut dyn Processor) -> Result<bool, Transient> {
        let mut effects = Effects::default();
        match processor.resume(self.partition, &self.state, &mut effects) {
            Ok(more) => {
                self.merge(effects);
                self.touched |= self.mark.unfinished != more;
                self.mark.unfinished = more;
                Ok(more)
            }
            Err(failure) => {
                self.mark.unfinished = true;
                Err(Transient(failure.to_string()))
            }
        }
    }

    /// Whether there is nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.touched
    }

    /// Closes the step; where nothing is left unfinished, the processor adds its last word.
    ///
    /// # Errors
    /// [`Transient`]: the whole step is void.
    pub fn close(mut self, processor: &mut dyn Processor) -> Result<ClosedStep, Transient> {
        if !self.mark.unfinished {
            let mut effects = Effects::default();
            processor
                .finish(self.partition, self.mark.said.take(), &mut effects)
                .map_err(|failure| Transient(failure.to_string()))?;
            self.merge(effects);
            self.mark.said = None;
        }
        if self.stateful {
            self.state.apply(vec![self.mark.change()]);
        }
        Ok(ClosedStep {
            step: Step {
                partition: self.partition,
                next_offset: self.mark.next_offset,
                changes: self.state.into_changes(),
                outputs: self.outputs,
            },
            mark: self.mark,
            tally: self.tally,
        })
    }

    fn reject(&mut self, record: &Record, rejection: Rejection) -> Result<(), Transient> {
        let Some(letter) = dead_letter(record, &rejection) else {
            return Err(Transient(format!(
                "{} has no dead letters, and a record is rejected: {rejection}",
                record.topic
            )));
        };
        tracing::warn!(
            topic = %record.topic,
            partition = record.partition.0,
            offset = record.offset.0,
            code = rejection.code,
            reason = rejection.reason,
            "record is dead-lettered"
        );
        self.outputs.push(letter);
        self.outputs.extend(rejection.answers);
        self.tally.dead_lettered += 1;
        Ok(())
    }

    fn merge(&mut self, effects: Effects) {
        let nothing = effects.changes.is_empty() && effects.outputs.is_empty();
        self.touched |= !nothing;
        self.state.apply(effects.changes);
        self.outputs.extend(effects.outputs);
        self.mark.said = later(self.mark.said, effects.said);
    }
}

fn later(one: Option<Seq>, other: Option<Seq>) -> Option<Seq> {
    one.max(other)
}
