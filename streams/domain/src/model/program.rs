//! What editors and feeds say of a program.

use super::{Artwork, Availability, Person, SocialLink};
use crate::lang::{Lang, Localized};
use serde::{Deserialize, Serialize};

/// What a program is made of (Podcasting 2.0 `podcast:medium`, and what else there is).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Spoken episodes.
    #[default]
    Podcast,
    /// A show with films.
    Video,
    /// A film or documentary.
    Film,
    /// Music.
    Music,
    /// A read book.
    Audiobook,
    /// Texts by mail.
    Newsletter,
    /// Texts.
    Blog,
    /// Lessons.
    Course,
    /// A channel that collects several kinds.
    Channel,
}

/// The order in which a program is meant to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShowType {
    /// Newest first.
    #[default]
    Episodic,
    /// Oldest first.
    Serial,
}

/// What a reader gets whose language is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// The program's own language.
    #[default]
    Fallback,
    /// Nothing: the item is not there in that language.
    Strict,
}

/// An id that somebody else gave, for example `guid`, `apple`, `youtube`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ExternalId {
    /// Who gave it.
    pub scheme: String,
    /// The id.
    pub value: String,
}

/// A page that belongs to an item.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Link {
    /// What the page is, for example `alternate`, `payment`, `comments`.
    pub rel: String,
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
}

/// Under which terms an item may be used.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Licence {
    /// An SPDX id or a name.
    pub name: String,
    /// The full terms.
    pub url: Option<String>,
}

/// A way to give money (Podcasting 2.0 `podcast:funding`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Funding {
    /// Where to give.
    pub url: String,
    /// What to call it.
    pub text: Option<String>,
}

/// A place that an item is about (Podcasting 2.0 `podcast:location`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// `subject` or `creator`.
    pub rel: Option<String>,
    /// A geo URI (RFC 5870).
    pub geo: Option<String>,
    /// An OpenStreetMap id.
    pub osm: Option<String>,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<String>,
}

/// Somebody who gets a share of payments.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ValueRecipient {
    /// The name.
    pub name: Option<String>,
    /// The kind of address, for example `node`.
    pub kind: String,
    /// The address.
    pub address: String,
    /// The share.
    pub split: i64,
    /// Whether the share is a fee taken first.
    pub fee: bool,
    /// The key of a custom record.
    pub custom_key: Option<String>,
    /// The value of a custom record.
    pub custom_value: Option<String>,
}

/// How listeners pay (Podcasting 2.0 `podcast:value`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Value {
    /// The network, for example `lightning`.
    pub kind: String,
    /// The method, for example `keysend`.
    pub method: String,
    /// The amount suggested, as it was given.
    pub suggested: Option<String>,
    /// Who is paid.
    pub recipients: Vec<ValueRecipient>,
}

/// Another feed or entry that a program points to (Podcasting 2.0 `podcast:remoteItem`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RemoteItem {
    /// Why: `podroll`, `publisher` or empty.
    pub rel: String,
    /// The feed's guid.
    pub feed_guid: String,
    /// The feed's address.
    pub feed_url: Option<String>,
    /// The entry's guid.
    pub item_guid: Option<String>,
    /// The feed's medium.
    pub medium: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

/// What editors and feeds say of a program.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProgramFields {
    /// The title in each language.
    pub title: Localized,
    /// One line about it in each language.
    pub subtitle: Localized,
    /// Sanitised HTML in each language.
    pub description: Localized,
    /// The language of readers who name none: one that has a title.
    pub default_lang: Option<Lang>,
    /// What a reader gets whose language is not published.
    pub fallback: Fallback,
    /// What it is made of.
    pub medium: Medium,
    /// The order in which it is meant to be heard.
    pub show_type: ShowType,
    /// The languages spoken in it.
    pub languages: Vec<Lang>,
    /// Slugs of categories, the main one first.
    pub categories: Vec<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// Who makes it, as one line.
    pub author: Option<String>,
    /// Who took part in all episodes.
    pub persons: Vec<Person>,
    /// Pictures, the main one first.
    pub artwork: Vec<Artwork>,
    /// Whether it is not for children; absent: nobody said.
    pub explicit: Option<bool>,
    /// Whether no more episodes will come.
    pub complete: bool,
    /// Whether others are asked not to import it (Podcasting 2.0 `podcast:locked`).
    pub locked: bool,
    /// Whether directories are asked to leave it out.
    pub block: bool,
    /// The address of its own feed, where it has one elsewhere.
    pub feed_url: Option<String>,
    /// The guid it goes out with (Podcasting 2.0 `podcast:guid`); stored, never derived from our ids.
    pub guid: Option<String>,
    /// Ids that others gave it.
    pub external_ids: Vec<ExternalId>,
    /// Pages that belong to it.
    pub links: Vec<Link>,
    /// Under which terms it may be used.
    pub licence: Option<Licence>,
    /// The copyright line.
    pub copyright: Option<String>,
    /// Ways to give money.
    pub funding: Vec<Funding>,
    /// How listeners pay.
    pub value: Vec<Value>,
    /// Places it is about.
    pub places: Vec<Place>,
    /// Where it is talked about.
    pub social: Vec<SocialLink>,
    /// Feeds it points to.
    pub remote_items: Vec<RemoteItem>,
    /// How often it comes, as an RFC 5545 recurrence rule.
    pub update_rule: Option<String>,
    /// When, where and to whom it may be shown.
    pub availability: Availability,
}
