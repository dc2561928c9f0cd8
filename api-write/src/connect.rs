//! What the API asks of the connectors: to try a source out, to take entries that somebody pushes, and to read lists
//! of feeds.

use crate::poll::PollError;
use async_trait::async_trait;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{FeedContext, RawFormat};
use mediamesh_domain::model::{SourceFields, SourcePolicies};
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

/// Reads lists of feeds.
#[async_trait]
pub trait ReadLists: Send + Sync {
    /// Reads an OPML list and says what each of its outlines would become. Nothing is changed anywhere.
    ///
    /// # Errors
    /// [`ListError`].
    async fn read_list(
        &self,
        list: Vec<u8>,
        policies: SourcePolicies,
    ) -> Result<FeedList, ListError>;
}

/// A list of feeds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedList {
    /// What it is called.
    pub title: Option<String>,
    /// The feeds, in its order.
    pub outlines: Vec<ListedFeed>,
}

/// A feed of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedFeed {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What its source is called, or the outline where it can be none.
    pub name: String,
    /// The address in its canonical form, or as it is written where it has none.
    pub url: String,
    /// What it would become.
    pub becomes: Becomes,
}

/// What a feed of a list would become.
#[derive(Debug, Clone, PartialEq)]
pub enum Becomes {
    /// A new source.
    New(SourceId, Box<SourceFields>),
    /// Its address has this source already, which stays as it is.
    There(SourceId),
    /// Nothing: an earlier one has the same address, as is said in words.
    Repeated(String),
    /// Nothing: it can be no source, as is said in words.
    Refused(String),
}

/// Why a list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list cannot be read: {message}")]
pub struct ListError {
    /// A stable code.
    pub code: &'static str,
    /// What is wrong and where, in words.
    pub message: String,
}
