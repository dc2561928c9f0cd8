//! The seam at which tests make the disk fail.

use std::io;

/// What is asked before each commit and each sync; an error stands in for the disk's own.
///
/// The product runs without one. What fails here fails as a full or broken disk would: the database is
/// poisoned.
pub trait Faults: Send + Sync {
    /// Before a batch is written to the journal.
    ///
    /// # Errors
    /// The error that the write shall end with.
    fn before_commit(&self) -> io::Result<()> {
        Ok(())
    }

    /// Before the journal is synced.
    ///
    /// # Errors
    /// The error that the sync shall end with.
    fn before_sync(&self) -> io::Result<()> {
        Ok(())
    }
}
