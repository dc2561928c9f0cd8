//! Pictures, sound, films and what belongs to them.

use crate::id::AssetId;
use crate::lang::{Lang, Localized};
use serde::{Deserialize, Serialize};

/// The point of a picture that every crop must keep.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FocalPoint {
    /// From the left edge, 0 to 1.
    pub x: f64,
    /// From the top edge, 0 to 1.
    pub y: f64,
}

/// A picture of an item.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Artwork {
    /// Where the picture is.
    pub url: String,
    /// What it is for, for example `artwork`, `banner`, `social` (Podcasting 2.0 `purpose`).
    pub purpose: Option<String>,
    /// What it shows, for those who do not see it.
    pub alt: Localized,
    /// Width in pixels.
    pub width: Option<i32>,
    /// Height in pixels.
    pub height: Option<i32>,
    /// The ratio as it was given, for example `16/9`.
    pub aspect_ratio: Option<String>,
    /// The media type.
    pub mime_type: Option<String>,
    /// The point that crops keep.
    pub focal_point: Option<FocalPoint>,
    /// The asset, where the project keeps the picture itself.
    pub asset_id: Option<AssetId>,
}

/// A checksum or signature of a media file (Podcasting 2.0 `podcast:integrity`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Integrity {
    /// `sri` or `pgp-signature`.
    pub kind: String,
    /// The value.
    pub value: String,
}

/// One media file of an episode; the first is the one to play, the others are alternates.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Enclosure {
    /// Where the file is.
    pub url: String,
    /// The media type, repaired from the file's ending where the feed gave none.
    pub mime_type: Option<String>,
    /// Size in bytes, where the feed told a believable one.
    pub length: Option<i64>,
    /// Length in seconds, where this file differs from the episode.
    pub duration_s: Option<i64>,
    /// Bits per second.
    pub bitrate: Option<i64>,
    /// Height of the film in pixels.
    pub height: Option<i32>,
    /// The language of this file.
    pub lang: Option<Lang>,
    /// What to call it in a list of alternates.
    pub title: Option<String>,
    /// What it is for, for example `default`, `low-bandwidth`.
    pub rel: Option<String>,
    /// The codecs (RFC 6381).
    pub codecs: Option<String>,
    /// More addresses of the same bytes (Podcasting 2.0 `podcast:source`).
    pub sources: Vec<String>,
    /// How to check the bytes.
    pub integrity: Option<Integrity>,
    /// The asset, where the project keeps the file itself.
    pub asset_id: Option<AssetId>,
}

/// A named part of an episode.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Chapter {
    /// Where it starts, in seconds.
    pub start_s: f64,
    /// Where it ends, in seconds.
    pub end_s: Option<f64>,
    /// Its title.
    pub title: Option<String>,
    /// A picture for it.
    pub image_url: Option<String>,
    /// A page about it.
    pub url: Option<String>,
    /// Whether it is left out of the table of contents.
    pub hidden: bool,
}

/// The spoken words of an episode; the text itself stays in the object store, by hash.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Transcript {
    /// Where it is.
    pub url: String,
    /// Its media type, for example `text/vtt`.
    pub mime_type: Option<String>,
    /// Its language.
    pub lang: Option<Lang>,
    /// `captions` where it is timed for showing.
    pub rel: Option<String>,
    /// SHA-256 of the text in the object store, in hexadecimal, once it was fetched.
    pub object_hash: Option<String>,
}

/// What kind of file an asset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// A film.
    Video,
    /// Text: transcripts, captions, documents.
    Text,
}

/// A media file that the project keeps: its facts, the bytes are in the object store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// What kind of file it is.
    pub kind: AssetKind,
    /// The media type found by looking at the bytes.
    pub mime_type: String,
    /// Size in bytes.
    pub length: i64,
    /// SHA-256 of the bytes in hexadecimal: its name in the object store.
    pub object_hash: String,
    /// Width in pixels.
    pub width: Option<i32>,
    /// Height in pixels.
    pub height: Option<i32>,
    /// Length in seconds.
    pub duration_s: Option<i64>,
}
