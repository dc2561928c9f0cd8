//! The object store: bytes by name, for what is too large for a record.

use async_trait::async_trait;

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot now; the same call may go through later.
    #[error("the object store is not available: {0}")]
    Transient(String),
    /// The name is not one: lower-case letters, digits, `-`, `_`, `.` and `/`, no empty or dotted part.
    #[error("not an object's name: {0:?}")]
    BadName(String),
}

/// Keeps bytes by name.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Writes an object whole, replacing one of the same name, and returns when it is durable.
    ///
    /// # Errors
    /// [`Error::BadName`] or [`Error::Transient`].
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Error>;

    /// The bytes of an object.
    ///
    /// # Errors
    /// [`Error::BadName`] or [`Error::Transient`].
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// [`Error::BadName`] or [`Error::Transient`].
    async fn delete(&self, name: &str) -> Result<(), Error>;

    /// The names that start with a prefix, in order, at most `limit` of them after `after`.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn list(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<String>, Error>;
}
