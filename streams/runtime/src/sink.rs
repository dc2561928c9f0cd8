//! What a sink is: it brings records of the project's own topics into a store that readers query.
//!
//! Everything a sink writes is guarded by `seq`, so it may be repeated: a sink is at least once, and commits
//! its offset only after its store has flushed.

mod parking;
mod progress;

pub(crate) use parking::{KeptRecord, ParkedState};
pub use parking::{Parking, parked_record};
pub use progress::{ProgressListener, ProgressWriter};

use crate::processor::Failure;
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::event_log::Record;

/// What a record says to a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<I> {
    /// What to write, where there is something.
    pub item: Option<I>,
    /// Everything up to this `seq` was said in the record's partition, where the record tells.
    pub said: Option<Seq>,
}

/// Brings records into a store.
///
/// Reading is apart from writing, so that a record that cannot be read parks its key before any later record
/// of the key is written.
pub trait Sink: Send {
    /// What is written.
    type Item: Send;

    /// The view that it writes.
    fn view(&self) -> ViewVersion;

    /// What a record says; pure.
    ///
    /// # Errors
    /// [`Failure::Rejection`] parks the key, [`Failure::Transient`] pauses the partition.
    fn read(&self, record: &Record) -> Result<Reading<Self::Item>, Failure>;

    /// Writes items, in the order of their records.
    ///
    /// # Errors
    /// [`Failure::Rejection`] where the store will not take some of them: they are then offered one by one.
    /// [`Failure::Transient`]: all of them are repeated.
    fn write(&mut self, items: &[Self::Item]) -> Result<(), Failure>;

    /// Makes what was written readable; `progress` is how far the view has come with it.
    ///
    /// # Errors
    /// Everything since the last flush is repeated.
    fn flush(&mut self, progress: &Position) -> Result<(), Failure>;
}
