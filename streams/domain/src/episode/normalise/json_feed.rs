//! Items of JSON Feed 1.0 and 1.1.

use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Found, Reading, parsed_text, short};
use crate::model::{Enclosure, EpisodeFields, Link, limits};
use crate::repair::{self, Repair};

/// An episode's fields from an item of a JSON Feed, and what was repaired.
#[must_use]
pub fn json_feed(item: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(item, feed);
    let title = reading.line("/title", &["title"]);
    let subtitle = reading.line("/subtitle", &["summary"]);
    let description = description(&mut reading);
    let said = item.text_of(&["language"]).or(feed.language.as_deref());
    let lang = reading.language(said, &[title.as_deref(), description.as_deref()]);
    let tags = item.all("tags").map(|tag| tag.text.clone()).collect();
    let (categories, words) = reading.sorted(tags);
    let guid = item.text_of(&["id"]).and_then(short).map(str::to_owned);
    if guid.is_none() {
        reading.note("/guid", Repair::GuidMissing);
    }
    let enclosures = attachments(&mut reading);
    let fields = EpisodeFields {
        title: Reading::localized(&lang, title),
        subtitle: Reading::localized(&lang, subtitle),
        description: Reading::localized(&lang, description),
        published_at: reading.time("/published_at", &["date_published", "date_modified"]),
        duration_s: enclosures.first().and_then(|file| file.duration_s),
        languages: vec![lang.clone()],
        categories,
        tags: reading.keywords(words),
        author: reading.json_author(),
        persons: reading.json_persons(),
        artwork: reading.pictures(pictures(item), &lang),
        enclosures,
        external_ids: reading.external_ids(guid.as_ref()),
        guid,
        links: links(&mut reading),
        default_lang: Some(lang),
        ..EpisodeFields::default()
    };
    (fields, reading.into_repairs())
}

/// What it says: as HTML, else as plain text, else the summary.
fn description(reading: &mut Reading<'_>) -> Option<String> {
    reading.html("/description", &["content_html"]).or_else(|| {
        let text = reading.element.text_of(&["content_text", "summary"])?;
        reading.html_of_text("/description", text)
    })
}

fn pictures(item: &Element) -> Vec<Found<'_>> {
    let named = [("image", None), ("banner_image", Some("banner"))];
    let found = named.into_iter().filter_map(|(name, purpose)| {
        Some(Found {
            url: item.text_of(&[name])?,
            purpose,
            ..Found::default()
        })
    });
    found.collect()
}

fn links(reading: &mut Reading<'_>) -> Vec<Link> {
    let mut links = Vec::new();
    let item = reading.element;
    for (name, rel) in [("url", "alternate"), ("external_url", "related")] {
        reading.push_link(&mut links, rel, item.text_of(&[name]), None);
    }
    links
}

fn attachments(reading: &mut Reading<'_>) -> Vec<Enclosure> {
    let mut files: Vec<Enclosure> = Vec::new();
    for element in reading.element.all("attachments").take(limits::LIST) {
        let Some(raw) = element.text_of(&["url"]) else {
            reading.note("/enclosures", Repair::AlternateWithoutSource);
            continue;
        };
        let Some(url) = reading.url("/enclosures", raw) else {
            continue;
        };
        if files.iter().any(|file| file.url == url) {
            continue;
        }
        let mime_type = repair::mime::repair(element.text_of(&["mime_type"]), &url)
            .map(|repaired| reading.keep("/enclosures", repaired));
        let title = element.text_of(&["title"]);
        let length: Option<i64> = parsed_text(element, "size_in_bytes");
        let duration = element.text_of(&["duration_in_seconds"]);
        files.push(Enclosure {
            mime_type,
            length: length.filter(|bytes| *bytes > 1),
            duration_s: duration.and_then(|raw| reading.duration_of("/duration_s", raw)),
            title: title.and_then(|title| reading.line_of("/enclosures", title)),
            url,
            ..Enclosure::default()
        });
    }
    files
}
