//! What a processor is: a synchronous function from a record and a state to effects as data.
//!
//! A processor has no clock, no randomness, no I/O and no async, and keeps nothing between two records but
//! what it gives back as changes: the runtime may drop it, rewind and ask again, and must get the same.

use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::state::{Change, StateView, Unreadable};
use mediamesh_ports::event_log::{NewRecord, Record};

/// What taking a record leads to, as data: the runtime carries it out, all or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Changes of the partition's state.
    pub changes: Vec<Change>,
    /// Records to append.
    pub outputs: Vec<NewRecord>,
    /// The last `seq` that these outputs tell of; the step hands the highest to [`Processor::finish`].
    pub said: Option<Seq>,
}

/// What became of a record that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It led to records.
    Emitted,
    /// It led to changes of the state alone.
    StateChanged,
    /// It had been taken before, or asks for what is already so.
    Duplicate,
}

impl Outcome {
    /// What effects amount to: records, else changes, else nothing new.
    #[must_use]
    pub fn of(effects: &Effects) -> Self {
        if !effects.outputs.is_empty() {
            Self::Emitted
        } else if effects.changes.is_empty() {
            Self::Duplicate
        } else {
            Self::StateChanged
        }
    }
}

/// Why a record can never be processed: it goes to the dead letters and the partition goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {reason}")]
pub struct Rejection {
    /// A stable code.
    pub code: String,
    /// The reason in words.
    pub reason: String,
    /// The refusal for whoever submitted it, where that is known.
    pub answers: Vec<NewRecord>,
}

impl Rejection {
    /// A rejection that answers nobody.
    #[must_use]
    pub fn new(code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            reason: reason.into(),
            answers: Vec::new(),
        }
    }

    /// The rejection with a record that tells the submitter.
    #[must_use]
    pub fn answering(mut self, answer: NewRecord) -> Self {
        self.answers.push(answer);
        self
    }
}

/// Why a record was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The record is to blame: dead-letter it (or park its key) and go on.
    #[error("rejected, {0}")]
    Rejection(Rejection),
    /// Something else is: pause the partition, say so, and take the same record again.
    #[error("{0}")]
    Transient(String),
}

impl Failure {
    /// A rejection by code and reason.
    #[must_use]
    pub fn rejected(code: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Rejection(Rejection::new(code, reason))
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        Self::Transient(error.to_string())
    }
}

/// Takes the records of one input, partition by partition, in order.
pub trait Processor: Send {
    /// Its name: of its group, its thread and its metrics.
    fn name(&self) -> &'static str;

    /// Takes one record. What it has put into `effects` counts only where it answers an outcome.
    ///
    /// # Errors
    /// [`Failure::Rejection`] where no replay could ever take the record, else [`Failure::Transient`].
    fn process(
        &mut self,
        record: &Record,
        state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<Outcome, Failure>;

    /// Does the next chunk of what an earlier record of the partition began, and says whether more is left.
    ///
    /// Called before the next record is taken, again and again while it answers true; each chunk may be a
    /// commit of its own, so the cursor belongs into the state.
    ///
    /// # Errors
    /// [`Failure::Transient`]; a rejection is treated as one, for there is no record to blame.
    fn resume(
        &mut self,
        _partition: Partition,
        _state: &dyn StateView,
        _effects: &mut Effects,
    ) -> Result<bool, Failure> {
        Ok(false)
    }

    /// Ends a step that leaves nothing unfinished; `said` is the highest [`Effects::said`] since the last end.
    ///
    /// # Errors
    /// [`Failure::Transient`].
    fn finish(
        &mut self,
        _partition: Partition,
        _said: Option<Seq>,
        _effects: &mut Effects,
    ) -> Result<(), Failure> {
        Ok(())
    }
}
