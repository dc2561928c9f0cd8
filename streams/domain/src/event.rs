//! Events: what has happened. `content.events` is the system of record; everything else is derived from it.
//!
//! An event says all that `evolve` needs, so that a replay never asks anything else. A change carries the
//! whole new draft and the pointers that changed: replay, `as_of` and history are then one look-up each.

use crate::command::{FetchOrder, FieldRepair, Principal};
use crate::id::{CommandId, EpisodeId, EventId, ItemRef, ProgramId, RunId, SourceId};
use crate::lang::{Lang, Localized};
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
    /// Fields of a program were given back to its sources.
    ProgramReleased(ProgramReleased),
    /// Fields of an episode were given back to its sources.
    EpisodeReleased(EpisodeReleased),
    /// An episode became part of another; it is not shown by itself.
    EpisodeMerged(EpisodeMerged),
    /// An episode took another in.
    EpisodeAbsorbed(EpisodeAbsorbed),
    /// An episode was taken out of another's care: it is shown by itself again.
    EpisodeUnmerged(EpisodeUnmerged),
    /// An episode gave back another that it had taken in.
    EpisodeReturned(EpisodeReturned),
    /// An episode gave entries that were taken for it to an episode of their own.
    EpisodeSplit(EpisodeSplit),
    /// A program became part of another; it is not shown by itself.
    ProgramMerged(ProgramMerged),
    /// A program that was merged is shown by itself again.
    ProgramReopened(ProgramReopened),
    /// A program took another in.
    ProgramAbsorbed(ProgramAbsorbed),
    /// A program gave back another that it had taken in.
    ProgramReturned(ProgramReturned),
    /// A program was withdrawn for good, and with it what readers saw of its episodes.
    ProgramWithdrawn(Withdrawn),
    /// An episode was withdrawn for good.
    EpisodeWithdrawn(Withdrawn),
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
    /// What the import says of fields that an editor holds, where it says something new of them.
    #[serde(default)]
    pub held: Vec<HeldField>,
    /// Why, in the words of who asked.
    pub reason: Option<String>,
    /// The version whose fields it brought back, where it did.
    pub restores: Option<Version>,
}

/// What a source says of a field that an editor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldField {
    /// JSON pointer of the field.
    pub pointer: String,
    /// The source's value, as JSON text.
    pub value: String,
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
    /// Episodes of other programs that it stands for.
    #[serde(default)]
    pub same_as: Vec<EpisodeId>,
    /// The episode that its entries were taken for before.
    #[serde(default)]
    pub split_from: Option<EpisodeId>,
    /// JSON pointers of fields that an editor set in an episode that it stands for: sources leave them alone.
    #[serde(default)]
    pub held: Vec<String>,
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
    /// What the import says of fields that an editor holds, where it says something new of them.
    #[serde(default)]
    pub held: Vec<HeldField>,
    /// Why, in the words of who asked.
    pub reason: Option<String>,
    /// The version whose fields it brought back, where it did.
    pub restores: Option<Version>,
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
    /// What the entry says of itself.
    #[serde(default)]
    pub entry: Option<Evidence>,
    /// What was known of the episode then.
    #[serde(default)]
    pub known: Option<Evidence>,
}

/// What tells episodes from each other, as one side of a match had it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Evidence {
    /// The guid.
    pub guid: Option<String>,
    /// The media address without volatile parameters.
    pub media_url: Option<String>,
    /// The title in its own language.
    pub title: Option<String>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Length in seconds.
    pub duration_s: Option<i64>,
}

/// Fields of a program were given back to its sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramReleased {
    /// The whole draft after it.
    pub fields: ProgramFields,
    /// JSON pointers of the fields that were given back.
    #[serde(default)]
    pub pointers: Vec<String>,
    /// JSON pointers of the fields that took the source's value at once.
    #[serde(default)]
    pub changed: Vec<String>,
}

/// Fields of an episode were given back to its sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeReleased {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The whole draft after it.
    pub fields: EpisodeFields,
    /// JSON pointers of the fields that were given back.
    #[serde(default)]
    pub pointers: Vec<String>,
    /// JSON pointers of the fields that took the source's value at once.
    #[serde(default)]
    pub changed: Vec<String>,
}

/// An episode became part of another: its address leads there, and so do its marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeMerged {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The episode that it is part of now.
    pub into: EpisodeId,
    /// The program of that one, where it is another.
    pub into_program: Option<ProgramId>,
    /// Why.
    pub reason: Option<String>,
}

/// An episode took another in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeAbsorbed {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The episode that is part of it now.
    pub from: EpisodeId,
    /// Whether sources change it by the other's entries from now on, and no longer by its own.
    #[serde(default)]
    pub follows: bool,
    /// The whole draft after it, where that changed.
    pub fields: Option<EpisodeFields>,
    /// JSON pointers of the fields that changed.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The import that the changes came with.
    pub import: Option<ImportFact>,
    /// Why.
    pub reason: Option<String>,
}

/// A merge of an episode was undone: it is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeUnmerged {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The episode that it was part of.
    pub into: EpisodeId,
    /// Why.
    pub reason: Option<String>,
}

/// An episode gave back another that it had taken in: what came with that one goes with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeReturned {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The episode that was part of it.
    pub from: EpisodeId,
    /// The whole draft after it, where that changed.
    pub fields: Option<EpisodeFields>,
    /// JSON pointers of the fields that changed.
    #[serde(default)]
    pub changed: Vec<String>,
    /// Why.
    pub reason: Option<String>,
}

/// An episode gave entries that were taken for it to an episode of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeSplit {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The new episode.
    pub new_episode_id: EpisodeId,
    /// The whole draft after it.
    pub fields: EpisodeFields,
    /// JSON pointers of the fields that changed.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The import that the changes came with, where it is known.
    pub import: Option<ImportFact>,
    /// Why.
    pub reason: Option<String>,
}

/// A program became part of another: its address leads there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramMerged {
    /// The program that it is part of now.
    pub into: ProgramId,
    /// The sources that fed it and feed the other from now on.
    #[serde(default)]
    pub sources: Vec<SourceId>,
    /// Why.
    pub reason: Option<String>,
}

/// A merge of a program was undone: it is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramReopened {
    /// Why.
    pub reason: Option<String>,
}

/// A program took another in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramAbsorbed {
    /// The program that is part of it now.
    pub from: ProgramId,
    /// Why.
    pub reason: Option<String>,
}

/// A program gave back another that it had taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramReturned {
    /// The program that was part of it.
    pub from: ProgramId,
    /// Why.
    pub reason: Option<String>,
}

/// An item was withdrawn for good; again where its note was put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdrawn {
    /// The public note in each language.
    #[serde(default)]
    pub note: Localized,
    /// Why, for the history.
    pub reason: Option<String>,
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
            Self::ProgramReleased(_) => "program_released",
            Self::EpisodeReleased(_) => "episode_released",
            Self::EpisodeMerged(_) => "episode_merged",
            Self::EpisodeAbsorbed(_) => "episode_absorbed",
            Self::EpisodeUnmerged(_) => "episode_unmerged",
            Self::EpisodeReturned(_) => "episode_returned",
            Self::EpisodeSplit(_) => "episode_split",
            Self::ProgramMerged(_) => "program_merged",
            Self::ProgramReopened(_) => "program_reopened",
            Self::ProgramAbsorbed(_) => "program_absorbed",
            Self::ProgramReturned(_) => "program_returned",
            Self::ProgramWithdrawn(_) => "program_withdrawn",
            Self::EpisodeWithdrawn(_) => "episode_withdrawn",
        }
    }
}
