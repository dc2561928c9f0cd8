//! What a JSON Feed 1.0 or 1.1 says of itself, with the extensions that podcasts use.

use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Found, Reading, in_words};
use crate::lang::Lang;
use crate::model::ProgramFields;

/// A program's fields from a JSON Feed, and what was repaired.
#[must_use]
pub fn json_feed(feed: &Element, context: &FeedContext) -> (ProgramFields, Vec<FieldRepair>) {
    let feed = in_words(feed);
    let mut reading = Reading::new(&feed, context);
    let author = reading.json_author();
    let description = feed.text_of(&["description", "itunes:summary"]);
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title"]),
        description: description.and_then(|text| reading.html_of_text("/description", text)),
        lang: feed.text_of(&["language"]),
        author: author.or_else(|| reading.line("/author", &["itunes:author"])),
    };
    let mut fields = xml::channel(&mut reading, own);
    let others = std::mem::take(&mut fields.links);
    let home = feed.text_of(&["home_page_url"]);
    reading.push_link(&mut fields.links, "alternate", home, None);
    fields.links.extend(others);
    fields.complete |= reading.yes("expired");
    let address = feed.text_of(&["feed_url"]);
    let address = address.filter(|_| fields.feed_url.is_none());
    let address = address.and_then(|raw| reading.url("/feed_url", raw));
    fields.feed_url = fields.feed_url.or(address);
    let lang = fields.default_lang.clone();
    let lang = lang.unwrap_or_else(Lang::undetermined);
    fields.artwork = reading.pictures(pictures(&reading), &lang);
    (fields, reading.into_repairs())
}

/// Pictures: the cover that an extension names, and the feed's own; the smallest is one for lists of feeds.
fn pictures<'a>(reading: &Reading<'a>) -> Vec<Found<'a>> {
    let feed = reading.element;
    let named = [("icon", None), ("favicon", Some("icon"))];
    let own = named.into_iter().filter_map(|(name, purpose)| {
        Some(Found {
            url: feed.text_of(&[name])?,
            purpose,
            ..Found::default()
        })
    });
    let mut found = reading.covers();
    found.extend(own);
    found.extend(reading.podcast_images());
    found
}
