//! What the API asks of the connectors: to try a source out, and to take entries that somebody pushes.

use crate::poll::PollError;
use async_trait::async_trait;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{FeedContext, RawFormat};
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::run::Trial;
use mediamesh_domain::verdict::Finding;
use serde_json::Value;

/// Tries a source out.
#[async_trait]
pub trait TrySource: Send + Sync {
    /// Fetches a source, or reads what is given, and says what would come of it. Nothing is changed anywhere.
    ///
    /// # Errors
    /// [`PollError`].
    async fn try_source(&self, wish: TrialWish) -> Result<Trial, PollError>;
}

/// What is to be tried.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialWish {
    /// The source.
    pub source_id: SourceId,
    /// What is said of it.
    pub source: SourceFields,
    /// A document to read in place of the source's address.
    pub content: Option<Vec<u8>>,
    /// How many entries are listed at most.
    pub limit: usize,
    /// Whether what the source says is listed field by field.
    pub with_fields: bool,
}

/// Takes entries that somebody pushes.
#[async_trait]
pub trait PushEntries: Send + Sync {
    /// Appends entries to a source's run; returns when the log has them.
    ///
    /// # Errors
    /// [`PushError`].
    async fn push(&self, push: Push) -> Result<PushAnswer, PushError>;
}

/// Entries that are pushed together.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// The source.
    pub source_id: SourceId,
    /// The run; the same one where the request came before.
    pub run_id: RunId,
    /// SHA-256 of the request where the client gave an Idempotency-Key.
    pub payload_hash: Option<Vec<u8>>,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: String,
    /// The entries in their order.
    pub entries: Vec<Pushed>,
    /// How many more there were that are turned away already.
    pub rejected: u64,
}

/// An entry that is pushed.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// Its place in the request, from 0.
    pub index: i32,
    /// In which format it is written.
    pub format: RawFormat,
    /// What it must know of its feed.
    pub feed: FeedContext,
    /// What it says: of the program, or of an episode.
    pub body: PushedBody,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq)]
pub enum PushedBody {
    /// The program of the source.
    Program(Value),
    /// One episode.
    Entry(Value),
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushAnswer {
    /// The entries that could not be taken, with the pointer of what is wrong within them.
    pub rejected: Vec<(i32, Finding)>,
}

/// Why nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// There is no such source.
    #[error("there is no such source")]
    NoSource,
    /// The same Idempotency-Key came with another request.
    #[error("the Idempotency-Key was used for another request: use a new one")]
    KeyReused,
    /// The log or the object store does not answer.
    #[error(
        "the entries are not taken: {0}; send the same request with the same Idempotency-Key again"
    )]
    Away(String),
}
