//! Channels of RSS 0.9x, 1.0 and 2.0.

use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading};
use crate::model::ProgramFields;

/// A program's fields from an RSS channel, and what was repaired.
#[must_use]
pub fn rss(channel: &Element, feed: &FeedContext) -> (ProgramFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(channel, feed);
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title", "dc:title"]),
        description: reading.html(
            "/description",
            &[
                "description",
                "itunes:summary",
                "content:encoded",
                "googleplay:description",
                "dc:description",
            ],
        ),
        lang: channel.text_of(&["language", "dc:language"]),
        author: reading.line(
            "/author",
            &[
                "itunes:author",
                "dc:creator",
                "googleplay:author",
                "managingEditor",
            ],
        ),
    };
    let fields = xml::channel(&mut reading, own);
    (fields, reading.into_repairs())
}
