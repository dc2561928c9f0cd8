//! What readers see: one language, one text. The shapes are those of docs/api.md and of OpenAPI.

use crate::id::{EpisodeId, ProgramId};
use crate::lang::{Lang, Localized};
use crate::model::{
    Artwork, Availability, Chapter, Enclosure, EpisodeKind, ExternalId, FocalPoint, Funding,
    Licence, Link, Live, Medium, Person, Place, RemoteItem, ShowType, SocialLink, Soundbite,
    Transcript, Value,
};
use crate::repair::{self, language::Direction};
use crate::time::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

/// A text as sanitised HTML and as plain text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RichText<'a> {
    /// Sanitised HTML.
    pub html: &'a str,
    /// The same without markup.
    pub text: Cow<'a, str>,
}

impl<'a> RichText<'a> {
    /// A text that is sanitised HTML.
    #[must_use]
    pub fn of(html: &'a str) -> Self {
        Self {
            html,
            text: Cow::Owned(repair::html::plain(html)),
        }
    }
}

/// A category with its name, where it is a known one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryView<'a> {
    /// Its slug.
    pub slug: &'a str,
    /// Its name in the reader's language.
    pub name: &'a str,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArtworkView<'a> {
    /// Where it is.
    pub url: &'a str,
    /// What it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<&'a str>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<&'a str>,
    /// Width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i32>,
    /// Height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i32>,
    /// The point that crops keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPoint>,
}

/// A media file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnclosureView<'a> {
    /// Where it is.
    pub url: &'a str,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'a str>,
    /// Its size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<i64>,
    /// What to call it among alternates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<&'a Lang>,
    /// Bits per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<i64>,
    /// Height of the film in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i32>,
}

/// What an episode says of its program.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramRef<'a> {
    /// Its id.
    pub id: ProgramId,
    /// Its public name.
    pub slug: &'a str,
    /// Its title in the reader's language, else in its own.
    pub title: &'a str,
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<&'a str>,
    /// Its first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artwork: Option<ArtworkView<'a>>,
}

/// A program as readers see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgramView<'a> {
    /// Always `program`.
    pub kind: &'static str,
    /// Its id.
    pub id: ProgramId,
    /// Its public name.
    pub slug: &'a str,
    /// `published`, or `archived`.
    pub status: &'static str,
    /// The language of the texts.
    pub lang: &'a Lang,
    /// How the texts run.
    pub dir: &'static str,
    /// The languages that there are.
    pub languages: &'a [Lang],
    /// The title.
    pub title: &'a str,
    /// One line about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<&'a str>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<RichText<'a>>,
    /// What it is made of.
    pub medium: Medium,
    /// The order in which it is meant to be heard.
    pub show_type: ShowType,
    /// The languages spoken in it.
    pub spoken_languages: &'a [Lang],
    /// Its categories.
    pub categories: Vec<CategoryView<'a>>,
    /// Free words.
    pub tags: &'a [String],
    /// Who makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<&'a str>,
    /// Who takes part.
    pub persons: &'a [Person],
    /// Pictures, the main one first.
    pub artwork: Vec<ArtworkView<'a>>,
    /// Whether it is not for children.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// Whether no more episodes will come.
    pub complete: bool,
    /// The guid it goes out with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<&'a str>,
    /// Ids that others gave it.
    pub external_ids: &'a [ExternalId],
    /// Pages that belong to it.
    pub links: &'a [Link],
    /// Under which terms it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<&'a Licence>,
    /// The copyright line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copyright: Option<&'a str>,
    /// Ways to give money.
    pub funding: &'a [Funding],
    /// How listeners pay.
    pub value: &'a [Value],
    /// Places it is about.
    pub places: &'a [Place],
    /// Where it is talked about.
    pub social: &'a [SocialLink],
    /// Feeds it points to.
    pub remote_items: &'a [RemoteItem],
    /// When, where and to whom it may be shown.
    pub availability: &'a Availability,
    /// Other ids of the same program: they lead here.
    #[serde(skip_serializing_if = "<[Uuid]>::is_empty")]
    pub same_as: &'a [Uuid],
    /// When it was first live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When what readers see last changed.
    pub updated_at: Timestamp,
}

/// An episode as readers see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EpisodeView<'a> {
    /// Always `episode`.
    pub kind: &'static str,
    /// Its id.
    pub id: EpisodeId,
    /// Its program.
    pub program: ProgramRef<'a>,
    /// Its public name.
    pub slug: &'a str,
    /// `published`, or `archived`.
    pub status: &'static str,
    /// The language of the texts.
    pub lang: &'a Lang,
    /// How the texts run.
    pub dir: &'static str,
    /// The languages that there are.
    pub languages: &'a [Lang],
    /// The title.
    pub title: &'a str,
    /// One line about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<&'a str>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<RichText<'a>>,
    /// What it is to its program.
    pub episode_type: EpisodeKind,
    /// When it was first published, as its publisher says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When what readers see last changed.
    pub updated_at: Timestamp,
    /// Length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<i64>,
    /// The number of its season.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<i32>,
    /// The name of its season.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season_name: Option<&'a str>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// The number as it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_label: Option<&'a str>,
    /// The languages spoken in it.
    pub spoken_languages: &'a [Lang],
    /// Its categories, else its program's.
    pub categories: Vec<CategoryView<'a>>,
    /// Free words.
    pub tags: &'a [String],
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<&'a str>,
    /// Who took part.
    pub persons: &'a [Person],
    /// Pictures, the main one first.
    pub artwork: Vec<ArtworkView<'a>>,
    /// The media files: the one to play first.
    pub enclosures: Vec<EnclosureView<'a>>,
    /// Named parts.
    pub chapters: &'a [Chapter],
    /// Where the chapters are, when they are a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapters_url: Option<&'a str>,
    /// The spoken words.
    pub transcripts: &'a [Transcript],
    /// Parts worth sharing.
    pub soundbites: &'a [Soundbite],
    /// Whether it is not for children.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// A live broadcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<&'a Live>,
    /// The guid it goes out with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<&'a str>,
    /// Ids that others gave it.
    pub external_ids: &'a [ExternalId],
    /// Pages that belong to it.
    pub links: &'a [Link],
    /// Under which terms it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<&'a Licence>,
    /// How listeners pay.
    pub value: &'a [Value],
    /// Places it is about.
    pub places: &'a [Place],
    /// Where it is talked about.
    pub social: &'a [SocialLink],
    /// When, where and to whom it may be shown, within what its program allows.
    #[cfg_attr(feature = "openapi", schema(value_type = Availability))]
    pub availability: Cow<'a, Availability>,
    /// Other ids of the same episode: they lead here.
    #[serde(skip_serializing_if = "<[Uuid]>::is_empty")]
    pub same_as: &'a [Uuid],
}

/// `ltr` or `rtl`.
#[must_use]
pub fn dir(lang: &Lang) -> &'static str {
    match repair::language::direction(lang.as_str()) {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}

/// The text in a reader's language, as sanitised HTML and plain.
pub(crate) fn rich<'a>(text: &'a Localized, lang: &Lang) -> Option<RichText<'a>> {
    text.get(lang).map(RichText::of)
}

/// Categories with names.
pub(crate) fn categories<'a>(slugs: &'a [String], lang: &Lang) -> Vec<CategoryView<'a>> {
    let name = |slug: &'a str| {
        repair::category::name(slug, lang.primary())
            .or_else(|| repair::category::name(slug, "en"))
            .unwrap_or(slug)
    };
    slugs
        .iter()
        .map(|slug| CategoryView {
            slug,
            name: name(slug),
        })
        .collect()
}

/// Pictures in a reader's language.
pub(crate) fn artwork<'a>(pictures: &'a [Artwork], lang: &Lang) -> Vec<ArtworkView<'a>> {
    pictures
        .iter()
        .map(|picture| one_artwork(picture, lang))
        .collect()
}

/// A picture in a reader's language.
pub(crate) fn one_artwork<'a>(picture: &'a Artwork, lang: &Lang) -> ArtworkView<'a> {
    ArtworkView {
        url: &picture.url,
        alt: picture.alt.best(lang).map(|(_, text)| text),
        purpose: picture.purpose.as_deref(),
        width: picture.width,
        height: picture.height,
        focal_point: picture.focal_point,
    }
}

/// Media files.
pub(crate) fn enclosures(files: &[Enclosure]) -> Vec<EnclosureView<'_>> {
    files
        .iter()
        .map(|file| EnclosureView {
            url: &file.url,
            mime_type: file.mime_type.as_deref(),
            length: file.length,
            title: file.title.as_deref(),
            lang: file.lang.as_ref(),
            bitrate: file.bitrate,
            height: file.height,
        })
        .collect()
}
