//! Events: what has happened. `content.events` is the system of record; everything else is derived from it.
//!
//! An event says all that `evolve` needs, so that a replay never asks anything else. A change carries the
//! whole new draft and the pointers that changed: replay, `as_of` and history are then one look-up each.

use crate::command::{FetchOrder, FieldRepair, Principal};
use crate::id::{CommandId, EpisodeId, EventId, ItemRef, ProgramId, RunId, SourceId};
use crate::lang::Lang;
use crate::model::{EpisodeFields, ProgramFields};
use crate::position::{Seq, Version};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One event of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// UUIDv5 of the command, the item and the item's version after the event.
    pub event_id: EventId,
    /// The decider's counter in this partition.
    pub seq: Seq,
    /// The program; the record's key.
    pub program_id: ProgramId,
    /// The item that changed.
    pub item: ItemRef,
    /// The item's version after this event.
    pub version: Version,
    /// max(time of the command, last `decided_at` of the program): never goes back within a program.
    pub decided_at: Timestamp,
    /// The command that led to it.
    pub command_id: CommandId,
    /// Who asked.
    pub principal: Principal,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// What has happened.
    pub body: EventBody,
}

/// What has happened. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventBody {
    /// A program was made.
    ProgramCreated(ProgramCreated),
    /// A program's draft changed.
    ProgramUpdated(ProgramUpdated),
    /// A program's draft became live.
    ProgramPublished(ProgramPublished),
    /// A program was taken from the readers.
    ProgramUnpublished(Unpublished),
    /// A program was archived.
    ProgramArchived(Archived),
    /// An episode was made.
    EpisodeCreated(EpisodeCreated),
    /// An episode's draft changed.
    EpisodeUpdated(EpisodeUpdated),
    /// An episode's draft became live.
    EpisodePublished(EpisodePublished),
    /// An episode was taken from the readers.
    EpisodeUnpublished(Unpublished),
    /// An episode was archived.
    EpisodeArchived(Archived),
    /// An entry was found to be an episode that is known under other marks.
    EpisodeMatched(EpisodeMatched),
}

/// What an import contributed: where a fact comes from when it does not come from an editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportFact {
    /// The source.
    pub source_id: SourceId,
    /// The fetch.
    pub run_id: RunId,
    /// Its place among all fetches.
    pub order: FetchOrder,
    /// SHA-256 of the raw entry: its name in the object store.
    #[serde(with = "serde_bytes")]
    pub raw_hash: Vec<u8>,
    /// What the ingest put right.
    #[serde(default)]
    pub repairs: Vec<FieldRepair>,
}

/// Which mark told that an entry is an episode that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// The guid of its source.
    Guid,
    /// The media file's address without volatile parameters.
    MediaUrl,
    /// Title, day, length and kind together.
    TitleDay,
}

impl Rung {
    /// The rung's name as it stands in keys and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guid => "guid",
            Self::MediaUrl => "media_url",
            Self::TitleDay => "title_day",
        }
    }
}

/// A program was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramCreated {
    /// What is said of it.
    pub fields: ProgramFields,
    /// Its public name: a text from the title and a short form of the id.
    pub slug: String,
    /// Whether it waits for an editor.
    #[serde(default)]
    pub in_review: bool,
    /// The import, where it was one.
    pub import: Option<ImportFact>,
}

/// A program's draft changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramUpdated {
    /// The whole draft after the change.
    pub fields: ProgramFields,
    /// JSON pointers of the fields that changed.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The version the change was made against, where it was an older one.
    pub rebased_from: Option<Version>,
    /// The import, where it was one.
    pub import: Option<ImportFact>,
}

/// A program's draft became live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramPublished {
    /// The languages that are live.
    #[serde(default)]
    pub languages: Vec<Lang>,
    /// Why.
    pub reason: Option<String>,
}

/// An item was taken from the readers; it may return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unpublished {
    /// Why.
    pub reason: Option<String>,
}

/// An item was archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Archived {
    /// Why.
    pub reason: Option<String>,
}

/// An episode was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeCreated {
    /// Its id.
    pub episode_id: EpisodeId,
    /// What is said of it.
    pub fields: EpisodeFields,
    /// Its public name in its program.
    pub slug: String,
    /// Whether it waits for an editor.
    #[serde(default)]
    pub in_review: bool,
    /// The import, where it was one.
    pub import: Option<ImportFact>,
}

/// An episode's draft changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeUpdated {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The whole draft after the change.
    pub fields: EpisodeFields,
    /// JSON pointers of the fields that changed.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The version the change was made against, where it was an older one.
    pub rebased_from: Option<Version>,
    /// The import, where it was one.
    pub import: Option<ImportFact>,
    /// The mark by which the import found it.
    pub matched_by: Option<Rung>,
}

/// An episode's draft became live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodePublished {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The languages that are live.
    #[serde(default)]
    pub languages: Vec<Lang>,
    /// Why.
    pub reason: Option<String>,
}

/// An entry under other marks was found to be an episode that is known; the marks are remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeMatched {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The mark that told.
    pub rung: Rung,
    /// The entry's guid, where it has one.
    pub guid: Option<String>,
    /// The entry's media address without volatile parameters, where it has one.
    pub media_url: Option<String>,
    /// The import.
    pub import: ImportFact,
}

impl EventBody {
    /// The kind's name as it stands in histories, metrics and change feeds.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ProgramCreated(_) => "program_created",
            Self::ProgramUpdated(_) => "program_updated",
            Self::ProgramPublished(_) => "program_published",
            Self::ProgramUnpublished(_) => "program_unpublished",
            Self::ProgramArchived(_) => "program_archived",
            Self::EpisodeCreated(_) => "episode_created",
            Self::EpisodeUpdated(_) => "episode_updated",
            Self::EpisodePublished(_) => "episode_published",
            Self::EpisodeUnpublished(_) => "episode_unpublished",
            Self::EpisodeArchived(_) => "episode_archived",
            Self::EpisodeMatched(_) => "episode_matched",
        }
    }
}
