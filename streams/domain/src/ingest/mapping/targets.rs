//! The fields that a mapping may name, and how RSS says each.

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
}

/// A field that a mapping may name.
#[derive(Clone, Copy, Debug)]
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

use Shape::{Attribute, Each, Joined, Plain, Text};

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
    target("number", "/number", Text("itunes:episode")),
    target("kind", "/kind", Text("itunes:episodeType")),
    target("author", "/author", Text("itunes:author")),
    target("persons", "/persons", Each("podcast:person")),
    target("categories", "/categories", Each("category")),
    target("tags", "/tags", Joined("itunes:keywords")),
    target("explicit", "/explicit", Text("itunes:explicit")),
    target("link", "/links", Text("link")),
    target("artwork", "/artwork", Attribute("itunes:image", "href")),
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
    target("licence", "/licence", Text("podcast:license")),
];

/// Those of a program.
pub(super) const PROGRAM: &[Target] = &[
    target("title", "/title", Text("title")),
    target("subtitle", "/subtitle", Text("itunes:subtitle")),
    target("description", "/description", Text("description")),
    target("description_text", "/description", Plain("description")),
    target("language", "/default_lang", Text("language")),
    target("author", "/author", Text("itunes:author")),
    target("categories", "/categories", Each("category")),
    target("tags", "/tags", Joined("itunes:keywords")),
    target("explicit", "/explicit", Text("itunes:explicit")),
    target("link", "/links", Text("link")),
    target("artwork", "/artwork", Attribute("itunes:image", "href")),
    target("copyright", "/copyright", Text("copyright")),
];
