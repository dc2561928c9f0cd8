//! Items of JSON Feed 1.0 and 1.1, and the extensions that podcasts use.

use super::media;
use super::xml::{self, Own};
use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Found, Reading, in_words, parsed_text};
use crate::lang::Lang;
use crate::model::{Enclosure, EpisodeFields, Link, Transcript, limits};
use crate::repair::{self, Repair};

/// What an attachment of these types is beside the media files.
const CAPTIONS: [&str; 4] = [
    "application/srt",
    "application/x-subrip",
    "text/srt",
    "text/vtt",
];
const CHAPTERS: &str = "application/json+chapters";

/// An episode's fields from an item of a JSON Feed, and what was repaired.
#[must_use]
pub fn json_feed(item: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let item = in_words(item);
    let mut reading = Reading::new(&item, feed);
    let author = reading.json_author();
    let own = Own {
        title: reading.line("/title", &["title", "itunes:title"]),
        summary: reading.line("/subtitle", &["summary"]),
        description: description(&mut reading),
        lang: item.text_of(&["language"]),
        published_at: reading.time("/published_at", &["date_published", "date_modified"]),
        author: author.or_else(|| reading.line("/author", &["itunes:author"])),
        guid: item.text_of(&["id"]),
    };
    let mut fields = xml::entry(&mut reading, own);
    words(&mut reading, &mut fields);
    links(&mut reading, &mut fields.links);
    attachments(&mut reading, &mut fields);
    let lang = fields.default_lang.clone();
    let lang = lang.unwrap_or_else(Lang::undetermined);
    fields.artwork = reading.pictures(pictures(&reading), &lang);
    (fields, reading.into_repairs())
}

/// What it says: as HTML, else as plain text, else the summary.
fn description(reading: &mut Reading<'_>) -> Option<String> {
    reading.html("/description", &["content_html"]).or_else(|| {
        let names = ["content_text", "summary", "itunes:summary"];
        let text = reading.element.text_of(&names)?;
        reading.html_of_text("/description", text)
    })
}

/// Its tags, before those of extensions.
fn words(reading: &mut Reading<'_>, fields: &mut EpisodeFields) {
    let tags = reading.element.all("tags").map(|tag| tag.text.clone());
    let (categories, words) = reading.sorted(tags.collect());
    prepend(&mut fields.categories, categories);
    prepend(&mut fields.tags, words);
}

/// Puts these before those that are there, each once.
fn prepend(list: &mut Vec<String>, mut first: Vec<String>) {
    let others = std::mem::take(list).into_iter();
    let new: Vec<String> = others.filter(|other| !first.contains(other)).collect();
    first.extend(new);
    first.truncate(limits::LIST);
    *list = first;
}

/// Pictures: the cover that an extension names, the item's own, and those that are attached.
fn pictures<'a>(reading: &Reading<'a>) -> Vec<Found<'a>> {
    let item = reading.element;
    let named = [("image", None), ("banner_image", Some("banner"))];
    let own = named.into_iter().filter_map(|(name, purpose)| {
        Some(Found {
            url: item.text_of(&[name])?,
            purpose,
            ..Found::default()
        })
    });
    let attached = item.all("attachments").filter(|file| is_picture(file));
    let attached = attached.filter_map(|file| {
        Some(Found {
            url: file.text_of(&["url"])?,
            alt: file.text_of(&["title"]),
            ..Found::default()
        })
    });
    let mut found = reading.covers();
    found.extend(own);
    found.extend(reading.podcast_images());
    found.extend(attached);
    found
}

fn links(reading: &mut Reading<'_>, links: &mut Vec<Link>) {
    let item = reading.element;
    let others = std::mem::take(links);
    for (name, rel) in [("url", "alternate"), ("external_url", "related")] {
        reading.push_link(links, rel, item.text_of(&[name]), None);
    }
    links.extend(others);
    links.truncate(limits::LIST);
}

fn is_picture(attachment: &Element) -> bool {
    let kind = attachment.text_of(&["mime_type"]);
    kind.is_some_and(|kind| kind.starts_with("image/"))
}

/// The attached files: media, captions, chapters. Pictures are read where pictures are.
fn attachments(reading: &mut Reading<'_>, fields: &mut EpisodeFields) {
    let item = reading.element;
    let alternates = std::mem::take(&mut fields.enclosures);
    let files = item.all("attachments").filter(|file| !is_picture(file));
    for element in files.take(limits::LIST) {
        let Some(raw) = element.text_of(&["url"]) else {
            reading.note("/enclosures", Repair::AlternateWithoutSource);
            continue;
        };
        let kind = element.text_of(&["mime_type"]).unwrap_or_default();
        if kind == CHAPTERS {
            let url = reading.url("/chapters_url", raw);
            fields.chapters_url = fields.chapters_url.take().or(url);
        } else if CAPTIONS.contains(&kind) {
            let url = reading.url("/transcripts", raw);
            fields
                .transcripts
                .extend(url.map(|url| transcript(url, kind)));
        } else if let Some(url) = reading.url("/enclosures", raw) {
            let found = file(reading, element, url);
            media::push(&mut fields.enclosures, found);
        }
    }
    fields.duration_s = length(&fields.enclosures).or(fields.duration_s);
    for other in alternates {
        media::push(&mut fields.enclosures, other);
    }
    fields.enclosures.truncate(limits::LIST);
    fields.transcripts.truncate(limits::LIST);
}

/// How long the first file is: as it says, else as those do that are the same under the same title.
fn length(files: &[Enclosure]) -> Option<i64> {
    let first = files.first()?;
    let same = |file: &&Enclosure| first.title.is_some() && file.title == first.title;
    let others = files.iter().filter(same);
    first
        .duration_s
        .or_else(|| others.filter_map(|file| file.duration_s).next())
}

fn transcript(url: String, kind: &str) -> Transcript {
    Transcript {
        url,
        mime_type: Some(kind.to_owned()),
        rel: Some("captions".to_owned()),
        ..Transcript::default()
    }
}

fn file(reading: &mut Reading<'_>, element: &Element, url: String) -> Enclosure {
    let mime_type = repair::mime::repair(element.text_of(&["mime_type"]), &url)
        .map(|repaired| reading.keep("/enclosures", repaired));
    let title = element.text_of(&["title"]);
    // Some write whole numbers with a fraction.
    let length: Option<f64> = parsed_text(element, "size_in_bytes");
    let length = length.filter(|bytes| (2.0..1e15).contains(bytes));
    let duration = element.text_of(&["duration_in_seconds"]);
    Enclosure {
        mime_type,
        length: length.map(|bytes| bytes as i64),
        duration_s: duration.and_then(|raw| reading.duration_of("/duration_s", raw)),
        title: title.and_then(|title| reading.line_of("/enclosures", title)),
        url,
        ..Enclosure::default()
    }
}
