//! The members of things that an item may have several of.

use super::Shape::{Attribute, EachAttribute, Own, OwnAttribute, Things};
use super::{Target, member};

/// A person.
pub(super) const PERSON: &[Target] = &[
    member("name", Own),
    member("role", OwnAttribute("role")),
    member("group", OwnAttribute("group")),
    member("url", OwnAttribute("href")),
    member("image_url", OwnAttribute("img")),
];

/// A picture.
pub(super) const PICTURE: &[Target] = &[
    member("url", OwnAttribute("href")),
    member("purpose", OwnAttribute("purpose")),
    member("alt", OwnAttribute("alt")),
    member("width", OwnAttribute("width")),
    member("height", OwnAttribute("height")),
    member("aspect_ratio", OwnAttribute("aspect-ratio")),
    member("type", OwnAttribute("type")),
];

/// A file that is played.
pub(super) const FILE: &[Target] = &[
    member("url", EachAttribute("podcast:source", "uri")),
    member("sources", EachAttribute("podcast:source", "uri")),
    member("type", OwnAttribute("type")),
    member("length", OwnAttribute("length")),
    member("duration_s", OwnAttribute("duration")),
    member("bitrate", OwnAttribute("bitrate")),
    member("height", OwnAttribute("height")),
    member("lang", OwnAttribute("lang")),
    member("title", OwnAttribute("title")),
    member("rel", OwnAttribute("rel")),
    member("codecs", OwnAttribute("codecs")),
    member("integrity_kind", Attribute("podcast:integrity", "type")),
    member("integrity", Attribute("podcast:integrity", "value")),
];

/// A chapter.
pub(super) const CHAPTER: &[Target] = &[
    member("start_s", OwnAttribute("start")),
    member("title", OwnAttribute("title")),
    member("url", OwnAttribute("href")),
    member("image_url", OwnAttribute("image")),
];

/// A transcript.
pub(super) const TRANSCRIPT: &[Target] = &[
    member("url", OwnAttribute("url")),
    member("type", OwnAttribute("type")),
    member("lang", OwnAttribute("language")),
    member("rel", OwnAttribute("rel")),
];

/// A soundbite.
pub(super) const SOUNDBITE: &[Target] = &[
    member("start_s", OwnAttribute("startTime")),
    member("duration_s", OwnAttribute("duration")),
    member("title", Own),
];

/// A link.
pub(super) const LINK: &[Target] = &[
    member("url", OwnAttribute("href")),
    member("rel", OwnAttribute("rel")),
    member("title", OwnAttribute("title")),
];

/// An id elsewhere.
pub(super) const EXTERNAL_ID: &[Target] = &[
    member("value", OwnAttribute("id")),
    member("scheme", OwnAttribute("platform")),
];

/// Who is paid.
const RECIPIENT: &[Target] = &[
    member("address", OwnAttribute("address")),
    member("name", OwnAttribute("name")),
    member("kind", OwnAttribute("type")),
    member("split", OwnAttribute("split")),
    member("fee", OwnAttribute("fee")),
    member("custom_key", OwnAttribute("customKey")),
    member("custom_value", OwnAttribute("customValue")),
];

/// A way to pay.
pub(super) const VALUE: &[Target] = &[
    // First, so that a bare text, which says nothing of payments, is none.
    member("recipients", Things("podcast:valueRecipient", RECIPIENT)),
    member("kind", OwnAttribute("type")),
    member("method", OwnAttribute("method")),
    member("suggested", OwnAttribute("suggested")),
];

/// A place.
pub(super) const PLACE: &[Target] = &[
    member("name", Own),
    member("rel", OwnAttribute("rel")),
    member("geo", OwnAttribute("geo")),
    member("osm", OwnAttribute("osm")),
    member("country", OwnAttribute("country")),
];

/// A place to talk of it.
pub(super) const SOCIAL: &[Target] = &[
    member("uri", OwnAttribute("uri")),
    member("protocol", OwnAttribute("protocol")),
    member("account_id", OwnAttribute("accountId")),
    member("account_url", OwnAttribute("accountUrl")),
    member("priority", OwnAttribute("priority")),
];

/// A page for support.
pub(super) const FUNDING: &[Target] = &[member("url", OwnAttribute("url")), member("text", Own)];

/// An item of another feed.
pub(super) const REMOTE: &[Target] = &[
    member("feed_guid", OwnAttribute("feedGuid")),
    member("feed_url", OwnAttribute("feedUrl")),
    member("item_guid", OwnAttribute("itemGuid")),
    member("medium", OwnAttribute("medium")),
    member("title", OwnAttribute("title")),
];
