//! The rules for an episode's fields.

use crate::item::Stage;
use crate::model::{Enclosure, EpisodeFields, limits};
use crate::rules::Findings;
use crate::time::Timestamp;
use crate::verdict::Finding;

/// 1900-01-01 in microseconds since the epoch: nothing was broadcast before.
const EARLIEST: Timestamp = Timestamp(-2_208_988_800_000_000);
/// 2200-01-01 in microseconds since the epoch.
const LATEST: Timestamp = Timestamp(7_258_118_400_000_000);

/// The rules that these fields break: errors, then warnings.
#[must_use]
pub fn validate(fields: &EpisodeFields, stage: Stage) -> (Vec<Finding>, Vec<Finding>) {
    let mut found = Findings::default();
    found.title(fields, stage);
    found.text("/subtitle", &fields.subtitle, &fields.title);
    found.text("/description", &fields.description, &fields.title);
    for (n, lang) in fields.languages.iter().enumerate() {
        found.language(&format!("/languages/{n}"), lang);
    }
    found.categories(&fields.categories);
    found.tags(&fields.tags);
    found.persons(&fields.persons);
    found.artwork(&fields.artwork);
    found.availability(&fields.availability);
    times(&mut found, fields, stage);
    numbers(&mut found, fields);
    media(&mut found, fields, stage);
    lists(&mut found, fields);
    found.split()
}

fn times(found: &mut Findings, fields: &EpisodeFields, stage: Stage) {
    match fields.published_at {
        Some(at) if !(EARLIEST..LATEST).contains(&at) => {
            let message = format!("{at} is not between the years 1900 and 2200");
            found.error("/published_at", "published_at_implausible", message);
        }
        None if stage == Stage::Publish => {
            let message = "nobody said when it was published; it is listed by when it came";
            found.warning("/published_at", "published_at_missing", message);
        }
        _ => {}
    }
    if let Some(duration) = fields.duration_s {
        duration_rule(found, "/duration_s", duration);
    }
}

fn duration_rule(found: &mut Findings, pointer: &str, seconds: i64) {
    if seconds < 0 {
        found.error(
            pointer,
            "duration_negative",
            "a length in seconds is not negative",
        );
    } else if seconds > limits::DURATION_S {
        found.error(
            pointer,
            "duration_too_long",
            "the length is more than seven days",
        );
    }
}

fn numbers(found: &mut Findings, fields: &EpisodeFields) {
    for (pointer, number) in [("/season", fields.season), ("/number", fields.number)] {
        if number.is_some_and(|number| number < 0) {
            found.error(
                pointer,
                "number_negative",
                "seasons and episodes are numbered from 0",
            );
        }
    }
    for (pointer, count) in [("/views", fields.views), ("/likes", fields.likes)] {
        if count.is_some_and(|count| count < 0) {
            found.error(pointer, "number_negative", "a count is not negative");
        }
    }
}

fn media(found: &mut Findings, fields: &EpisodeFields, stage: Stage) {
    if fields.enclosures.is_empty() && fields.live.is_none() && stage == Stage::Publish {
        let message = "there is nothing to play: give at least one media file";
        found.error("/enclosures", "media_missing", message);
    }
    for (n, enclosure) in fields.enclosures.iter().enumerate() {
        enclosure_rules(found, n, enclosure);
    }
    for (n, transcript) in fields.transcripts.iter().enumerate() {
        found.url(format!("/transcripts/{n}/url"), &transcript.url);
    }
    found.optional_url("/chapters_url", fields.chapters_url.as_ref());
    let mut last = 0.0;
    for (n, chapter) in fields.chapters.iter().enumerate() {
        let at = format!("/chapters/{n}/start_s");
        if !chapter.start_s.is_finite() || chapter.start_s < 0.0 {
            found.error(
                at,
                "chapter_start_invalid",
                "a chapter starts at 0 seconds or later",
            );
        } else if chapter.start_s < last {
            found.error(
                at,
                "chapters_unordered",
                "chapters stand in the order of their start",
            );
        } else {
            last = chapter.start_s;
        }
    }
    for (n, bite) in fields.soundbites.iter().enumerate() {
        if !(bite.start_s >= 0.0 && bite.duration_s > 0.0 && bite.duration_s.is_finite()) {
            let at = format!("/soundbites/{n}");
            found.error(
                at,
                "soundbite_invalid",
                "a soundbite has a start and a length above 0",
            );
        }
    }
}

fn enclosure_rules(found: &mut Findings, n: usize, enclosure: &Enclosure) {
    found.url(format!("/enclosures/{n}/url"), &enclosure.url);
    if enclosure.length.is_some_and(|length| length < 0) {
        let at = format!("/enclosures/{n}/length");
        found.error(at, "length_negative", "a size in bytes is not negative");
    }
    if let Some(duration) = enclosure.duration_s {
        duration_rule(found, &format!("/enclosures/{n}/duration_s"), duration);
    }
    if enclosure
        .mime_type
        .as_ref()
        .is_some_and(|kind| !kind.contains('/'))
    {
        let at = format!("/enclosures/{n}/mime_type");
        found.error(
            at,
            "mime_type_invalid",
            "a media type looks like audio/mpeg",
        );
    }
}

fn lists(found: &mut Findings, fields: &EpisodeFields) {
    for (n, link) in fields.links.iter().enumerate() {
        found.url(format!("/links/{n}/url"), &link.url);
    }
    found.at_most(
        "/chapters",
        fields.chapters.len(),
        limits::CHAPTERS,
        "chapters",
    );
    for (name, length) in [
        ("/enclosures", fields.enclosures.len()),
        ("/transcripts", fields.transcripts.len()),
        ("/soundbites", fields.soundbites.len()),
        ("/links", fields.links.len()),
        ("/external_ids", fields.external_ids.len()),
        ("/value", fields.value.len()),
        ("/places", fields.places.len()),
        ("/social", fields.social.len()),
        ("/languages", fields.languages.len()),
    ] {
        found.at_most(name, length, limits::LIST, "entries");
    }
}
