//! The fields that a mapping may name, and how RSS says each.

mod things;

use super::available::{FROM, MIN_AGE, PLATFORM, UNTIL};
use things::{
    CHAPTER, EXTERNAL_ID, FILE, FUNDING, LINK, PERSON, PICTURE, PLACE, REMOTE, SOCIAL, SOUNDBITE,
    TRANSCRIPT, VALUE,
};

/// How RSS says a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The text of an element: the first value.
    Text(&'static str),
    /// The same, of plain text where RSS has HTML.
    Plain(&'static str),
    /// An element for each value.
    Each(&'static str),
    /// One element with all values, commas between.
    Joined(&'static str),
    /// An attribute of an element: the first value.
    Attribute(&'static str, &'static str),
    /// An element for each value, which is an attribute of it.
    EachAttribute(&'static str, &'static str),
    /// An attribute of an element inside of another one: the first value.
    Inside(&'static str, &'static str, &'static str),
    /// The codes of the countries that are allowed.
    Countries,
    /// An attribute that makes the entry a broadcast: the first value.
    Broadcast(&'static str),
    /// The text of the thing itself: the first value.
    Own,
    /// An attribute of the thing itself: the first value.
    OwnAttribute(&'static str),
    /// An element for each of several things, whose members have names of their own; a bare text is the first one.
    Things(&'static str, &'static [Target]),
    /// The same, all of them inside of one element.
    ThingsWithin(&'static str, &'static str, &'static [Target]),
}

impl Shape {
    /// The members of the things that it is a list of; none where it is a value.
    pub(super) fn members(self) -> Option<&'static [Target]> {
        match self {
            Self::Things(_, members) | Self::ThingsWithin(_, _, members) => Some(members),
            _ => None,
        }
    }
}

/// A field that a mapping may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// Where the field is in the item.
    pub(super) pointer: &'static str,
    pub(super) shape: Shape,
}

const fn target(name: &'static str, pointer: &'static str, shape: Shape) -> Target {
    Target {
        name,
        pointer,
        shape,
    }
}

/// A member of a thing; what is missing of it is not told.
const fn member(name: &'static str, shape: Shape) -> Target {
    target(name, "", shape)
}

use Shape::{
    Attribute, Broadcast, Countries, Each, Inside, Joined, Plain, Text, Things, ThingsWithin,
};

/// Those of an episode.
pub(super) const EPISODE: &[Target] = &[
    target("guid", "/guid", Text("guid")),
    target("title", "/title", Text("title")),
    target("subtitle", "/subtitle", Text("itunes:subtitle")),
    target("description", "/description", Text("content:encoded")),
    target("description_text", "/description", Plain("content:encoded")),
    target("language", "/default_lang", Text("dc:language")),
    target("published_at", "/published_at", Text("pubDate")),
    target("duration_s", "/duration_s", Text("itunes:duration")),
    target("season", "/season", Text("itunes:season")),
    target(
        "season_name",
        "/season_name",
        Attribute("podcast:season", "name"),
    ),
    target("number", "/number", Text("itunes:episode")),
    target(
        "number_label",
        "/number_label",
        Attribute("podcast:episode", "display"),
    ),
    target("kind", "/kind", Text("itunes:episodeType")),
    target("author", "/author", Text("itunes:author")),
    target("persons", "/persons", Things("podcast:person", PERSON)),
    target("categories", "/categories", Each("category")),
    target("tags", "/tags", Joined("itunes:keywords")),
    target("explicit", "/explicit", Text("itunes:explicit")),
    target("block", "/block", Text("itunes:block")),
    target("link", "/links", Text("link")),
    target("links", "/links", Things("atom:link", LINK)),
    target("artwork", "/artwork", Things("podcast:image", PICTURE)),
    target("enclosure", "/enclosures", Attribute("enclosure", "url")),
    target(
        "enclosure_type",
        "/enclosures",
        Attribute("enclosure", "type"),
    ),
    target(
        "enclosure_length",
        "/enclosures",
        Attribute("enclosure", "length"),
    ),
    target(
        "enclosures",
        "/enclosures",
        Things("podcast:alternateEnclosure", FILE),
    ),
    target(
        "chapters",
        "/chapters",
        ThingsWithin("psc:chapters", "psc:chapter", CHAPTER),
    ),
    target(
        "chapters_url",
        "/chapters_url",
        Attribute("podcast:chapters", "url"),
    ),
    target(
        "transcript_url",
        "/transcripts",
        Attribute("podcast:transcript", "url"),
    ),
    target(
        "transcript_type",
        "/transcripts",
        Attribute("podcast:transcript", "type"),
    ),
    target(
        "transcripts",
        "/transcripts",
        Things("podcast:transcript", TRANSCRIPT),
    ),
    target(
        "soundbites",
        "/soundbites",
        Things("podcast:soundbite", SOUNDBITE),
    ),
    target("live_status", "/live", Broadcast("status")),
    target("live_start", "/live", Broadcast("start")),
    target("live_end", "/live", Broadcast("end")),
    target(
        "external_ids",
        "/external_ids",
        Things("podcast:id", EXTERNAL_ID),
    ),
    target("licence", "/licence", Text("podcast:license")),
    target(
        "licence_url",
        "/licence",
        Attribute("podcast:license", "url"),
    ),
    target("value", "/value", Things("podcast:value", VALUE)),
    target("places", "/places", Things("podcast:location", PLACE)),
    target(
        "social",
        "/social",
        Things("podcast:socialInteract", SOCIAL),
    ),
    target(
        "views",
        "/views",
        Inside("media:community", "media:statistics", "views"),
    ),
    target(
        "likes",
        "/likes",
        Inside("media:community", "media:statistics", "favorites"),
    ),
    target("countries", "/availability/countries", Countries),
    target("available_from", "/availability/from", Text(FROM)),
    target("available_until", "/availability/until", Text(UNTIL)),
    target("platforms", "/availability/platforms", Each(PLATFORM)),
    target("min_age", "/availability/min_age", Text(MIN_AGE)),
];

/// Those of a program.
pub(super) const PROGRAM: &[Target] = &[
    target("guid", "/guid", Text("podcast:guid")),
    target("title", "/title", Text("title")),
    target("subtitle", "/subtitle", Text("itunes:subtitle")),
    target("description", "/description", Text("description")),
    target("description_text", "/description", Plain("description")),
    target("language", "/default_lang", Text("language")),
    target("medium", "/medium", Text("podcast:medium")),
    target("show_type", "/show_type", Text("itunes:type")),
    target("author", "/author", Text("itunes:author")),
    target("persons", "/persons", Things("podcast:person", PERSON)),
    target("categories", "/categories", Each("category")),
    target("tags", "/tags", Joined("itunes:keywords")),
    target("explicit", "/explicit", Text("itunes:explicit")),
    target("complete", "/complete", Text("itunes:complete")),
    target("locked", "/locked", Text("podcast:locked")),
    target("block", "/block", Text("itunes:block")),
    target("link", "/links", Text("link")),
    target("links", "/links", Things("atom:link", LINK)),
    target("artwork", "/artwork", Things("podcast:image", PICTURE)),
    target(
        "external_ids",
        "/external_ids",
        Things("podcast:id", EXTERNAL_ID),
    ),
    target("licence", "/licence", Text("podcast:license")),
    target(
        "licence_url",
        "/licence",
        Attribute("podcast:license", "url"),
    ),
    target("copyright", "/copyright", Text("copyright")),
    target("funding", "/funding", Things("podcast:funding", FUNDING)),
    target("value", "/value", Things("podcast:value", VALUE)),
    target("places", "/places", Things("podcast:location", PLACE)),
    target(
        "social",
        "/social",
        Things("podcast:socialInteract", SOCIAL),
    ),
    target(
        "remote_items",
        "/remote_items",
        Things("podcast:remoteItem", REMOTE),
    ),
    target(
        "update_rule",
        "/update_rule",
        Attribute("podcast:updateFrequency", "rrule"),
    ),
    target("available_from", "/availability/from", Text(FROM)),
    target("available_until", "/availability/until", Text(UNTIL)),
    target("platforms", "/availability/platforms", Each(PLATFORM)),
    target("min_age", "/availability/min_age", Text(MIN_AGE)),
];
