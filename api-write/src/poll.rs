//! Polling a source at once, by the process that is asked.

use async_trait::async_trait;
use mediamesh_domain::id::{RunId, SourceId};
use std::time::Duration;

/// Polls a source at once.
#[async_trait]
pub trait PollNow: Send + Sync {
    /// Fetches a source and appends what is new; returns when that is on the log. Dropping the future may end the
    /// run, so the API lets it go on in a task of its own.
    ///
    /// # Errors
    /// [`PollError`].
    async fn poll(
        &self,
        source: SourceId,
        correlation_id: Option<String>,
    ) -> Result<Polled, PollError>;
}

/// What a poll found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polled {
    /// The run: its entries are told under it.
    pub run_id: RunId,
    /// Whether the server said that nothing has changed.
    pub not_modified: bool,
    /// The entries in the document.
    pub entries_seen: u64,
    /// The entries that are new or changed.
    pub appended: u64,
    /// The entries that are as the last run saw them.
    pub unchanged: u64,
}

/// Why a poll found nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PollError {
    /// There is no such source.
    #[error("there is no such source")]
    NoSource,
    /// Another poll of it has not ended.
    #[error("a poll of this source is under way")]
    Busy,
    /// The source could not be read.
    #[error("{message}")]
    Failed {
        /// A stable code.
        code: &'static str,
        /// What is wrong, in words that may be shown.
        message: String,
        /// How long the source asks to wait.
        retry_after: Option<Duration>,
    },
}
