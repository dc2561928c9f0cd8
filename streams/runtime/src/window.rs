//! The low-priority lane of bulk work: only so many undecided commands per partition are in flight.
//!
//! So an editor's command is never behind ten thousand imported ones. A stage that would overfill the window
//! holds its finished step back; it goes on as soon as the next stage has committed.

use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Error, Groups, NewRecord};
use mediamesh_schemas::Topic;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many records the window holds, per partition.
pub const UNDECIDED: i64 = 200;

/// A bound on what a group downstream has not committed yet.
pub struct Window {
    groups: Arc<dyn Groups>,
    group: String,
    input: Topic,
    most: i64,
}

impl Window {
    /// A window of [`UNDECIDED`] records of `input` that `group` has not committed.
    #[must_use]
    pub fn before(groups: Arc<dyn Groups>, group: impl Into<String>, input: Topic) -> Self {
        Self {
            groups,
            group: group.into(),
            input,
            most: UNDECIDED,
        }
    }

    /// The window with another size.
    #[must_use]
    pub fn of(mut self, most: i64) -> Self {
        self.most = most;
        self
    }

    /// Whether these records fit in now. More than a whole window fits where the window is empty.
    ///
    /// # Errors
    /// [`Error::Transient`] where the lag cannot be told.
    pub fn fits(&self, outputs: &[NewRecord]) -> Result<bool, Error> {
        let mut counts: BTreeMap<Partition, i64> = BTreeMap::new();
        for record in outputs.iter().filter(|record| record.topic == self.input) {
            *counts.entry(record.partition).or_default() += 1;
        }
        for (partition, count) in counts {
            let lag = self.groups.lag(&self.group, self.input, partition)?;
            if lag > 0 && lag + count > self.most {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
