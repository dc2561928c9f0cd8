//! What editors and feeds say of an episode.

use super::{
    Artwork, Availability, Chapter, Enclosure, ExternalId, Licence, Link, Person, Place,
    SocialLink, Transcript, Value,
};
use crate::lang::{Lang, Localized};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What an episode is to its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EpisodeKind {
    /// A whole episode.
    #[default]
    Full,
    /// An announcement of what will come.
    Trailer,
    /// Something beside the series.
    Bonus,
}

/// Whether a live broadcast is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LiveStatus {
    /// Announced.
    #[default]
    Pending,
    /// On air.
    Live,
    /// Over.
    Ended,
}

/// A live broadcast (Podcasting 2.0 `podcast:liveItem`, YouTube `liveStreamingDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Live {
    /// Whether it is still to come.
    pub status: LiveStatus,
    /// When it starts.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Option<Timestamp>,
}

/// A part worth sharing (Podcasting 2.0 `podcast:soundbite`).
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Soundbite {
    /// Where it starts, in seconds.
    pub start_s: f64,
    /// How long it is, in seconds.
    pub duration_s: f64,
    /// What to call it.
    pub title: Option<String>,
}

/// What editors and feeds say of an episode.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct EpisodeFields {
    /// The title in each language.
    pub title: Localized,
    /// One line about it in each language.
    pub subtitle: Localized,
    /// Sanitised HTML in each language.
    pub description: Localized,
    /// The language of readers who name none: one that has a title.
    pub default_lang: Option<Lang>,
    /// What it is to its program.
    pub kind: EpisodeKind,
    /// When it was first published, as its publisher says; absent: nobody said, never "now".
    pub published_at: Option<Timestamp>,
    /// Length in seconds.
    pub duration_s: Option<i64>,
    /// The number of its season.
    pub season: Option<i32>,
    /// The name of its season, where the feed gave one.
    pub season_name: Option<String>,
    /// Its number in the season or program.
    pub number: Option<i32>,
    /// The number as it is shown, where it differs (Podcasting 2.0 `display`).
    pub number_label: Option<String>,
    /// The languages spoken in it.
    pub languages: Vec<Lang>,
    /// Slugs of categories, the main one first.
    pub categories: Vec<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// Who made it, as one line.
    pub author: Option<String>,
    /// Who took part; where any are named they stand instead of the program's.
    pub persons: Vec<Person>,
    /// Pictures, the main one first.
    pub artwork: Vec<Artwork>,
    /// The media files: the one to play first, then alternates.
    pub enclosures: Vec<Enclosure>,
    /// Named parts.
    pub chapters: Vec<Chapter>,
    /// Where the chapters are, when they are a file.
    pub chapters_url: Option<String>,
    /// The spoken words.
    pub transcripts: Vec<Transcript>,
    /// Parts worth sharing.
    pub soundbites: Vec<Soundbite>,
    /// Whether it is not for children; absent: nobody said.
    pub explicit: Option<bool>,
    /// Whether directories are asked to leave it out.
    pub block: bool,
    /// A live broadcast.
    pub live: Option<Live>,
    /// The guid it goes out with; stored, never derived from our ids.
    pub guid: Option<String>,
    /// Ids that others gave it.
    pub external_ids: Vec<ExternalId>,
    /// Pages that belong to it.
    pub links: Vec<Link>,
    /// Under which terms it may be used.
    pub licence: Option<Licence>,
    /// How listeners pay.
    pub value: Vec<Value>,
    /// Places it is about.
    pub places: Vec<Place>,
    /// Where it is talked about.
    pub social: Vec<SocialLink>,
    /// How often it was seen elsewhere, as the source last said (YouTube statistics).
    pub views: Option<i64>,
    /// How many liked it elsewhere, as the source last said.
    pub likes: Option<i64>,
    /// When, where and to whom it may be shown.
    pub availability: Availability,
}
