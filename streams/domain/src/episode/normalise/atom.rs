//! Entries of Atom 0.3 and 1.0, YouTube's among them.

use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading};
use crate::model::EpisodeFields;

/// An episode's fields from an Atom entry, and what was repaired.
#[must_use]
pub fn atom(entry: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(entry, feed);
    let content = reading.construct("/description", &["content"]);
    // Beside a content the summary is a line, else it is all there is.
    let summary = match content.is_some() {
        true => reading.line("/subtitle", &["summary"]),
        false => None,
    };
    // A broadcast (`podcast:liveItem`) has the words of RSS in Atom too.
    let description =
        content.or_else(|| reading.construct("/description", &["summary", "description"]));
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title"]),
        summary,
        description: description.or_else(|| reading.html("/description", &["itunes:summary"])),
        lang: lang(entry),
        published_at: reading.time(
            "/published_at",
            &[
                "published",
                "issued",
                "created",
                "dc:date",
                "pubDate",
                "updated",
                "modified",
            ],
        ),
        author: author(&mut reading),
        guid: entry.text_of(&["id", "guid"]),
    };
    let fields = xml::entry(&mut reading, own);
    (fields, reading.into_repairs())
}

/// The language of the title, which all texts go by; what is said nearest to it counts.
fn lang(entry: &Element) -> Option<&str> {
    let of = |name: &&str| entry.child(name)?.attribute("xml:lang");
    entry
        .text_of(&["dc:language"])
        .or_else(|| of(&"title"))
        .or(entry.attribute("xml:lang"))
        .or_else(|| ["content", "summary"].iter().find_map(of))
}

/// Who wrote it: here, else in the feed that it was taken from.
fn author(reading: &mut Reading<'_>) -> Option<String> {
    let entry = reading.element;
    reading
        .line("/author", &["itunes:author", "dc:creator"])
        .or_else(|| reading.authors(entry))
        .or_else(|| reading.authors(entry.child("source")?))
}
