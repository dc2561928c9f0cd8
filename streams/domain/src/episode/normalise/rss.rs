//! Items of RSS 0.9x, 1.0 and 2.0, and broadcasts (Podcasting 2.0 `podcast:liveItem`).

use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading};
use crate::model::EpisodeFields;

/// An episode's fields from an RSS item, and what was repaired.
#[must_use]
pub fn rss(item: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(item, feed);
    let description = reading.html(
        "/description",
        &[
            "content:encoded",
            "description",
            "itunes:summary",
            "googleplay:description",
            "dc:description",
            "body",
            "xhtml:body",
        ],
    );
    let said = item.text_of(&["dc:language", "language"]);
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title", "dc:title"]),
        summary: None,
        description,
        lang: said.or(item.attribute("xml:lang")),
        published_at: reading.time(
            "/published_at",
            &["pubDate", "dc:date", "dcterms:created", "atom:published"],
        ),
        author: reading.line("/author", &["itunes:author", "dc:creator", "author"]),
        // RSS 1.0 names its items by their address.
        guid: item
            .text_of(&["guid", "atom:id"])
            .or(item.attribute("rdf:about")),
    };
    let fields = xml::entry(&mut reading, own);
    (fields, reading.into_repairs())
}
