//! The view store: rows by query, written by sinks and read by the APIs.
//!
//! A store keeps the newest row of each key by `seq` and never goes back: a write with a lower `seq` than the
//! row's (or than its removal's) changes nothing. At the same `seq` a removal wins, and of two contents the same
//! one stays. So a sink may repeat what it wrote, in any order. A `seq` is never negative.

use async_trait::async_trait;
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::{Row, RowKey, RowWrite, Table, ViewVersion};

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot now; the same call may go through later.
    #[error("the view store is not available: {0}")]
    Transient(String),
    /// It will not, as asked.
    #[error("the view store refuses: {0}")]
    Permanent(String),
}

/// In which order a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By clustering key, lowest first.
    Ascending,
    /// By clustering key, highest first.
    Descending,
}

/// A range of one partition key's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The table.
    pub table: Table,
    /// The partition key.
    pub partition_key: Vec<u8>,
    /// Only rows after this clustering key, in the order read; none: from the first.
    pub after: Option<Vec<u8>>,
    /// In which order.
    pub order: Order,
    /// At most so many rows.
    pub limit: usize,
}

/// Reads rows.
#[async_trait]
pub trait ReadViews: Send + Sync {
    /// The row of a key.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn get(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, Error>;

    /// The rows of a range, with their clustering keys.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn range(&self, view: ViewVersion, range: &Range) -> Result<Vec<(Vec<u8>, Row)>, Error>;

    /// Every row of a view, a page at a time, each page after the last key of the one before: for comparing and
    /// exporting. The order is the store's own, the same for every version of a view; so a row is given once,
    /// whatever is written meanwhile.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn dump(
        &self,
        view: ViewVersion,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<(RowKey, Row)>, Error>;
}

/// Writes rows.
#[async_trait]
pub trait WriteViews: Send + Sync {
    /// Writes rows, each only where it is newer, and returns when readers see them.
    ///
    /// # Errors
    /// [`Error::Transient`] where some may not have been written: repeat all of them.
    async fn apply(&self, view: ViewVersion, rows: Vec<RowWrite>) -> Result<(), Error>;

    /// Notes how far a view has come in a partition; call after everything before it was applied. It never goes
    /// back.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn set_progress(
        &self,
        view: ViewVersion,
        partition: Partition,
        seq: Seq,
    ) -> Result<(), Error>;

    /// How far a view has come in a partition.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn progress(&self, view: ViewVersion, partition: Partition) -> Result<Seq, Error>;

    /// Removes a version of a view with all its rows and its progress.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error>;
}
