//! The state of processors: keys and values of one partition, changed only by a step's commit.

use crate::event_log::Error;
use mediamesh_domain::position::Partition;
use std::sync::Arc;

pub use mediamesh_domain::state::KeyValue;

/// A change of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The key.
    pub key: Vec<u8>,
    /// Its new value, or none: removed.
    pub value: Option<Vec<u8>>,
}

/// Gives the states of processors to those who only look.
pub trait ReadState: Send + Sync {
    /// The state of a store's partition, as of the last commit; none where this process does not have it.
    ///
    /// # Errors
    /// [`Error::Corrupt`] or [`Error::Transient`].
    fn state(&self, store: &str, partition: Partition)
    -> Result<Option<Arc<dyn StateRead>>, Error>;
}

/// Reads one partition's state as of the last commit.
pub trait StateRead: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// [`Error::Corrupt`] or [`Error::Transient`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error>;

    /// At most `max` keys that start with `prefix` and come after `after` (from the first, if empty), in order.
    ///
    /// # Errors
    /// [`Error::Corrupt`] or [`Error::Transient`].
    fn scan(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Vec<KeyValue>, Error>;
}
