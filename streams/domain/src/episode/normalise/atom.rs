//! Entries of Atom 0.3 and 1.0, YouTube's among them.

use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading};
use crate::model::EpisodeFields;

/// An episode's fields from an Atom entry, and what was repaired.
#[must_use]
pub fn atom(entry: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(entry, feed);
    let description = reading.construct("/description", &["content", "summary"]);
    let texts = ["title", "content", "summary"];
    let tagged = texts.iter().filter_map(|name| entry.child(name));
    let tagged = tagged.filter_map(|text| text.attribute("xml:lang")).next();
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title"]),
        description: description.or_else(|| reading.html("/description", &["itunes:summary"])),
        lang: entry
            .text_of(&["dc:language"])
            .or(entry.attribute("xml:lang"))
            .or(tagged),
        published_at: reading.time(
            "/published_at",
            &[
                "published",
                "issued",
                "created",
                "dc:date",
                "updated",
                "modified",
            ],
        ),
        author: author(&mut reading),
        guid: entry.text_of(&["id"]),
    };
    let fields = xml::entry(&mut reading, own);
    (fields, reading.into_repairs())
}

/// Who wrote it: here, else in the feed that it was taken from.
fn author(reading: &mut Reading<'_>) -> Option<String> {
    let entry = reading.element;
    reading
        .line("/author", &["itunes:author", "dc:creator"])
        .or_else(|| reading.authors(entry))
        .or_else(|| reading.authors(entry.child("source")?))
}
