//! The content model: what a program, a season, an episode, an asset and a source are made of.
//!
//! The fields that people edit ([`ProgramFields`], [`EpisodeFields`]) are the same structs in commands,
//! events, state and editors' JSON: editors see maps per language, readers see one language
//! (`crate::catalog`). Every list here is bounded by [`limits`]; nothing embeds a list that grows with the
//! number of episodes.

mod availability;
mod episode;
mod media;
mod people;
mod program;
mod season;
mod source;

pub use availability::Availability;
pub use episode::{EpisodeFields, EpisodeKind, Live, LiveStatus, Soundbite};
pub use media::{Artwork, Asset, AssetKind, Chapter, Enclosure, FocalPoint, Integrity, Transcript};
pub use people::{Person, SocialLink};
pub use program::{
    ExternalId, Fallback, Funding, Licence, Link, Medium, Place, ProgramFields, RemoteItem,
    ShowType, Value, ValueRecipient,
};
pub use season::SeasonFields;
pub use source::{
    BindingRule, BindingThen, BindingWhen, Policy, SourceFields, SourceFormat, SourcePolicies,
};

/// How much of each thing one item may hold; more is refused with the field's pointer.
pub mod limits {
    /// Characters in a title.
    pub const TITLE: usize = 512;
    /// Bytes in a description after sanitising: no less than what sanitising keeps.
    pub const DESCRIPTION: usize = crate::repair::html::LONGEST_HTML;
    /// Characters in a subtitle.
    pub const SUBTITLE: usize = 4_096;
    /// Bytes in a single line that is no title: an author, a guid.
    pub const LINE: usize = 4_096;
    /// Tags, categories, links, persons, enclosures, pictures, transcripts and the like, each.
    pub const LIST: usize = 200;
    /// Chapters of one episode.
    pub const CHAPTERS: usize = 1_000;
    /// Languages of one text.
    pub const LANGUAGES: usize = 50;
    /// Characters of a public note in one language.
    pub const NOTE: usize = 2_000;
    /// Bytes in an address.
    pub const URL: usize = 4_096;
    /// Seconds in an episode: seven days.
    pub const DURATION_S: i64 = 7 * 86_400;
}
