//! One run of a source at a time: two would write each other's memory of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mediamesh_domain::id::SourceId;

use crate::source::error::IngestError;

/// The sources that are being run.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<BTreeSet<SourceId>>>);

/// Lets the next run of the source begin when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    source: SourceId,
}

impl Turns {
    pub(super) fn take(&self, source: SourceId) -> Result<Turn, IngestError> {
        match self.lock().insert(source) {
            true => Ok(Turn {
                turns: self.clone(),
                source,
            }),
            false => Err(IngestError::Busy),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<SourceId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().remove(&self.source);
    }
}
