//! What a JSON Feed 1.0 or 1.1 says of itself.

use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Found, Reading};
use crate::model::ProgramFields;

/// A program's fields from a JSON Feed, and what was repaired.
#[must_use]
pub fn json_feed(feed: &Element, context: &FeedContext) -> (ProgramFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(feed, context);
    let title = reading.line("/title", &["title"]);
    let description = feed.text_of(&["description"]);
    let description = description.and_then(|text| reading.html_of_text("/description", text));
    let said = feed.text_of(&["language"]).or(context.language.as_deref());
    let lang = reading.language(said, &[title.as_deref(), description.as_deref()]);
    let mut links = Vec::new();
    let home = feed.text_of(&["home_page_url"]);
    reading.push_link(&mut links, "alternate", home, None);
    let address = Some(context.url.as_str()).filter(|url| !url.is_empty());
    let address = address.or_else(|| feed.text_of(&["feed_url"]));
    let fields = ProgramFields {
        title: Reading::localized(&lang, title),
        description: Reading::localized(&lang, description),
        languages: vec![lang.clone()],
        author: reading.json_author(),
        persons: reading.json_persons(),
        artwork: reading.pictures(pictures(feed), &lang),
        complete: reading.yes("expired"),
        feed_url: address.and_then(|raw| reading.url("/feed_url", raw)),
        links,
        default_lang: Some(lang),
        ..ProgramFields::default()
    };
    (fields, reading.into_repairs())
}

fn pictures(feed: &Element) -> Vec<Found<'_>> {
    let named = [("icon", None), ("favicon", Some("icon"))];
    let found = named.into_iter().filter_map(|(name, purpose)| {
        Some(Found {
            url: feed.text_of(&[name])?,
            purpose,
            ..Found::default()
        })
    });
    found.collect()
}
