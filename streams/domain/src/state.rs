//! What a pure processor may ask of its state, and the changes it gives back as data.

/// The state could not be read: the runtime pauses and tries again, the record is not to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the state cannot be read: {0}")]
pub struct Unreadable(pub String);

/// A key with its value.
pub type KeyValue = (Vec<u8>, Vec<u8>);

/// Reads one partition's state, with the changes of the step so far.
pub trait StateView {
    /// The value of a key.
    ///
    /// # Errors
    /// [`Unreadable`] where the store fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable>;

    /// At most `max` keys that start with `prefix` and come after `after` (from the first, if empty), in order.
    ///
    /// # Errors
    /// [`Unreadable`] where the store fails.
    fn scan(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Vec<KeyValue>, Unreadable>;
}

/// A change of one key: its new value, or none where it is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Option<Vec<u8>>,
}
