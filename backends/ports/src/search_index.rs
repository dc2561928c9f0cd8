//! The search index: documents of tokens, found by tiers of plain clauses.
//!
//! An engine indexes the domain's tokens as they are and gives back candidates in the order of
//! `mediamesh_domain::text`; the domain ranks, explains and marks them.

use async_trait::async_trait;
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::text::{DocumentKind, SearchDocument, Tier, TierKind};
use mediamesh_domain::view::ViewVersion;
use uuid::Uuid;

/// Why the index did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot now; the same call may go through later.
    #[error("the search index is not available: {0}")]
    Transient(String),
    /// It will not, as asked.
    #[error("the search index refuses: {0}")]
    Permanent(String),
}

/// What an item's documents are now: all its languages in a lane, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWrite {
    /// The lane.
    pub lane: Lane,
    /// The item's id.
    pub id: Uuid,
    /// The `seq` of the catalogue document; older writes change nothing.
    pub seq: Seq,
    /// Its documents, one a language; empty: it is no longer found.
    pub documents: Vec<SearchDocument>,
}

/// Which documents may be found at all; empty lists filter nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// Only these kinds.
    pub kinds: Vec<DocumentKind>,
    /// Only of this program.
    pub program_id: Option<Uuid>,
    /// Only in these languages (BCP 47, compared whole).
    pub langs: Vec<String>,
    /// Only in one of these categories (slugs).
    pub categories: Vec<String>,
    /// Only with one of these tags.
    pub tags: Vec<String>,
    /// Only in one of these states.
    pub states: Vec<String>,
    /// Only explicit, or only not explicit.
    pub explicit: Option<bool>,
    /// Only published at or after, in microseconds since the epoch.
    pub published_from_us: Option<i64>,
    /// Only published before, in microseconds since the epoch.
    pub published_until_us: Option<i64>,
    /// Only so long or longer, in seconds.
    pub min_duration_s: Option<i64>,
    /// Only so long or shorter, in seconds.
    pub max_duration_s: Option<i64>,
}

/// In which order candidates come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Best tier first, then newest, then by id and language.
    Relevance,
    /// Newest first, then by id and language.
    Newest,
    /// Oldest first, then by id and language.
    Oldest,
}

/// A search as an engine runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// The lane.
    pub lane: Lane,
    /// The tiers of the query; empty: every document that passes the filters.
    pub tiers: Vec<Tier>,
    /// Which documents may be found at all.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
    /// How many to leave out from the front.
    pub offset: usize,
    /// At most so many candidates.
    pub limit: usize,
    /// Which facets to count over everything found.
    pub facets: Vec<Facet>,
}

/// A column whose values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Programs and episodes.
    Kind,
    /// Languages.
    Lang,
    /// Categories.
    Category,
    /// Tags.
    Tag,
}

/// A document that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The document as it was written.
    pub document: SearchDocument,
    /// The best tier it matched; none where the request had no tiers.
    pub tier: Option<TierKind>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// The documents, in order.
    pub candidates: Vec<Candidate>,
    /// How many documents there are in all.
    pub total: usize,
    /// The values of each facet with their counts: most first, then by value; at most 100 each.
    pub facets: Vec<(Facet, Vec<(String, usize)>)>,
}

/// Finds documents.
#[async_trait]
pub trait ReadSearch: Send + Sync {
    /// Runs a search over what was flushed.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn search(&self, view: ViewVersion, request: &SearchRequest)
    -> Result<Candidates, Error>;
}

/// Writes documents.
#[async_trait]
pub trait WriteSearch: Send + Sync {
    /// Takes writes in; they are found after the next [`WriteSearch::flush`].
    ///
    /// # Errors
    /// [`Error::Transient`]: repeat all of them.
    async fn apply(&self, view: ViewVersion, writes: Vec<SearchWrite>) -> Result<(), Error>;

    /// Makes everything applied durable and found, and notes how far the index has come with it.
    ///
    /// # Errors
    /// [`Error::Transient`]: nothing since the last flush is certain, apply it again.
    async fn flush(&self, view: ViewVersion, progress: &Position) -> Result<(), Error>;

    /// How far the index has come, as of the last flush.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn progress(&self, view: ViewVersion) -> Result<Position, Error>;

    /// Removes a version of the index.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error>;
}
