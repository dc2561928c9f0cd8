//! The catalogue: one denormalised document per item and lane, joined by the decider's task.
//!
//! `live` holds published fields only: all that anonymous readers, search, feeds and caches ever see.
//! `draft` holds what editors see. A removal is a document that says so, with a `seq`, never a null record,
//! so that a compacted topic still withdraws what it once showed.

use crate::command::Principal;
use crate::id::{ItemRef, ProgramId, RunId};
use crate::item;
use crate::lang::{Lang, Localized};
use crate::model::{Artwork, Availability, EpisodeFields, Fallback, Person, ProgramFields};
use crate::position::{Partition, Seq, Version};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

/// Which face of an item a document shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Published fields, for everybody.
    Live,
    /// All fields, for those who may read drafts.
    Draft,
}

impl Lane {
    /// The lane's name as it stands in keys and paths.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Draft => "draft",
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an item stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Never published yet.
    #[default]
    Draft,
    /// Imported, and waiting for an editor.
    InReview,
    /// Live.
    Published,
    /// Was live, may return.
    Unpublished,
    /// Read by id and by link only; out of lists, search and feeds.
    Archived,
    /// Gone for good: readers are told so, and why.
    Withdrawn,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::InReview,
        Self::Published,
        Self::Unpublished,
        Self::Archived,
        Self::Withdrawn,
    ];

    /// The status's name as it stands in documents and filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Published => "published",
            Self::Unpublished => "unpublished",
            Self::Archived => "archived",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// That an item was withdrawn, as readers are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdrawal {
    /// Since when.
    pub at: Timestamp,
    /// The public note in each language: what was wrong, or why it is gone.
    #[serde(default)]
    pub note: Localized,
}

/// One record of the topic `catalog`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogRecord {
    /// The last `seq` that the document takes in; sinks write only newer ones.
    pub seq: Seq,
    /// When that was decided.
    pub decided_at: Timestamp,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// The document, a removal or the partition's progress.
    pub body: CatalogBody,
}

/// What a catalogue record holds. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "documents are the rule, the small kinds the exception"
)]
pub enum CatalogBody {
    /// A program.
    Program(ProgramDocument),
    /// An episode.
    Episode(EpisodeDocument),
    /// An item that this lane no longer shows.
    Removed(RemovedDocument),
    /// Everything up to `seq` in this partition was said.
    Progress(Progress),
}

/// What every document says of its item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemFacts {
    /// The item.
    pub item: ItemRef,
    /// Its program.
    pub program_id: ProgramId,
    /// The lane of the document.
    pub lane: Lane,
    /// The item's version.
    pub version: Version,
    /// Where it stands in its life.
    pub status: Status,
    /// Its public name.
    pub slug: String,
    /// The languages that this lane shows.
    #[serde(default)]
    pub languages: Vec<Lang>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed in this lane.
    pub updated_at: Timestamp,
    /// When it was first live; absent: never.
    pub first_published_at: Option<Timestamp>,
    /// Whether the draft differs from what is live.
    #[serde(default)]
    pub unpublished_changes: bool,
    /// The item that it is part of, where it was merged.
    #[serde(default)]
    pub merged_into: Option<Uuid>,
    /// Items that are part of it or that it stands for.
    #[serde(default)]
    pub same_as: Vec<Uuid>,
    /// That it was withdrawn; in lane `draft` alone.
    #[serde(default)]
    pub withdrawn: Option<Withdrawal>,
}

/// Where the fields of a draft come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provenance {
    /// Of all fields that nobody has changed since the item was made.
    pub made: FieldOrigin,
    /// Of the fields that changed, by JSON pointer.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldOrigin>,
    /// What sources say of fields that an editor holds, by JSON pointer.
    #[serde(default)]
    pub overridden: BTreeMap<String, SourceValue>,
}

impl Provenance {
    /// Whether an editor holds a field, or a part of it.
    #[must_use]
    pub fn holds(&self, pointer: &str) -> bool {
        let meets = |at: &str| {
            at == pointer || item::is_within(at, pointer) || item::is_within(pointer, at)
        };
        let mut known = self.fields.iter().filter(|(at, _)| meets(at)).peekable();
        match known.peek() {
            None => self.made.held,
            Some(_) => known.any(|(_, origin)| origin.held),
        }
    }
}

/// Where a field's value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldOrigin {
    /// Since when it stands.
    pub at: Timestamp,
    /// Who set it: an editor, or a source.
    pub by: Principal,
    /// The fetch that brought it, where a source did.
    #[serde(default)]
    pub run_id: Option<RunId>,
    /// Whether it is an editor's: sources leave it alone until it is released.
    #[serde(default)]
    pub held: bool,
}

/// What a source last said of a field that an editor holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceValue {
    /// The value, as JSON text.
    pub value: String,
    /// Which source, and when.
    pub origin: FieldOrigin,
}

/// A program as a lane shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramDocument {
    /// What every document says.
    pub facts: ItemFacts,
    /// The fields.
    pub fields: ProgramFields,
    /// Where they come from; in lane `draft` alone.
    #[serde(default)]
    pub provenance: Option<Provenance>,
}

/// What an episode's document says of its program.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ProgramCard {
    /// The title in each language.
    pub title: Localized,
    /// Its public name.
    pub slug: String,
    /// Its first picture.
    pub artwork: Option<Artwork>,
    /// Who makes it.
    pub author: Option<String>,
    /// Who took part in all episodes.
    pub persons: Vec<Person>,
    /// Slugs of its categories.
    pub categories: Vec<String>,
    /// The language of readers who name none.
    pub default_lang: Option<Lang>,
    /// What a reader gets whose language is not published.
    pub fallback: Fallback,
    /// Whether it is not for children.
    pub explicit: Option<bool>,
    /// When, where and to whom the program may be shown: its episodes follow it.
    pub availability: Availability,
}

/// An episode as a lane shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeDocument {
    /// What every document says.
    pub facts: ItemFacts,
    /// The fields.
    pub fields: EpisodeFields,
    /// What it says of its program.
    pub program: ProgramCard,
    /// Where the fields come from; in lane `draft` alone.
    #[serde(default)]
    pub provenance: Option<Provenance>,
}

/// An item that a lane no longer shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemovedDocument {
    /// The item.
    pub item: ItemRef,
    /// Its program.
    pub program_id: ProgramId,
    /// The lane.
    pub lane: Lane,
    /// The item's version.
    pub version: Version,
    /// Always true: a reader of the JSON form sees at once what this is.
    pub removed: bool,
    /// The item that its address leads to, where it was merged.
    #[serde(default)]
    pub merged_into: Option<Uuid>,
    /// That it was withdrawn, or its program, where readers had seen it.
    #[serde(default)]
    pub withdrawn: Option<Withdrawal>,
}

/// Everything up to the record's `seq` in this partition was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The partition.
    pub partition: Partition,
}

/// The key of a catalogue record: `program/item/lane`, or `progress/<partition>`.
#[must_use]
pub fn key(program: ProgramId, item: ItemRef, lane: Lane) -> String {
    format!("{program}/{item}/{lane}")
}
