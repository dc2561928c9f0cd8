//! The rules for an episode's fields.

use crate::item::{Checked, Stage};
use crate::model::{Chapter, Enclosure, EpisodeFields, limits};
use crate::rules::Findings;
use crate::time::Timestamp;
use crate::verdict::Finding;
use std::fmt::Display;

/// 1900-01-01 in microseconds since the epoch: nothing was broadcast before.
const EARLIEST: Timestamp = Timestamp(-2_208_988_800_000_000);
/// 2201-01-01 in microseconds since the epoch.
const LATEST: Timestamp = Timestamp(7_289_654_400_000_000);

/// The rules that these fields break at a stage: errors, then warnings.
#[must_use]
pub fn validate(fields: &EpisodeFields, stage: Stage) -> (Vec<Finding>, Vec<Finding>) {
    check(fields).at(stage)
}

/// The rules that these fields break.
#[must_use]
pub fn check(fields: &EpisodeFields) -> Checked {
    let mut found = Findings::default();
    found.title(fields);
    found.text("/subtitle", &fields.subtitle, &fields.title);
    found.text("/description", &fields.description, &fields.title);
    found.languages(&fields.languages);
    found.categories(&fields.categories);
    found.tags(&fields.tags);
    found.persons(&fields.persons);
    found.artwork(&fields.artwork);
    found.availability(&fields.availability);
    found.links(&fields.links);
    found.lines(&[
        ("/author", fields.author.as_ref()),
        ("/guid", fields.guid.as_ref()),
        ("/season_name", fields.season_name.as_ref()),
        ("/number_label", fields.number_label.as_ref()),
    ]);
    times(&mut found, fields);
    numbers(&mut found, fields);
    media(&mut found, fields);
    chapters(&mut found, &fields.chapters);
    lists(&mut found, fields);
    found.checked()
}

fn times(found: &mut Findings, fields: &EpisodeFields) {
    match fields.published_at {
        Some(at) if !(EARLIEST..LATEST).contains(&at) => {
            let message = format!("{at} is not between the years 1900 and 2200");
            found.error("/published_at", "published_at_implausible", message);
        }
        None => {
            let message = "nobody said when it was published; it is listed by when it came";
            found.warning("/published_at", "published_at_missing", message);
        }
        _ => {}
    }
    if let Some(duration) = fields.duration_s {
        duration_rule(found, "/duration_s", duration);
    }
    if let Some(live) = &fields.live
        && let (Some(start), Some(end)) = (live.start, live.end)
        && end < start
    {
        let message = "the broadcast ends before it starts";
        found.error("/live/end", "live_ends_early", message);
    }
}

fn duration_rule(found: &mut Findings, pointer: impl Display, seconds: i64) {
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

fn media(found: &mut Findings, fields: &EpisodeFields) {
    if fields.enclosures.is_empty() && fields.live.is_none() {
        let message = "there is nothing to play: give at least one media file";
        found.unfit("/enclosures", "media_missing", message);
    }
    for (n, enclosure) in fields.enclosures.iter().enumerate() {
        enclosure_rules(found, n, enclosure);
    }
    for (n, transcript) in fields.transcripts.iter().enumerate() {
        found.url(format_args!("/transcripts/{n}/url"), &transcript.url);
    }
    found.optional_url("/chapters_url", fields.chapters_url.as_ref());
    for (n, bite) in fields.soundbites.iter().enumerate() {
        let starts = bite.start_s.is_finite() && bite.start_s >= 0.0;
        if !(starts && bite.duration_s > 0.0 && bite.duration_s.is_finite()) {
            found.error(
                format_args!("/soundbites/{n}"),
                "soundbite_invalid",
                "a soundbite starts at 0 seconds or later and is longer than 0",
            );
        }
    }
}

fn chapters(found: &mut Findings, chapters: &[Chapter]) {
    let mut last = 0.0;
    for (n, chapter) in chapters.iter().enumerate() {
        let at = format_args!("/chapters/{n}/start_s");
        if !chapter.start_s.is_finite() || chapter.start_s < 0.0 {
            let message = "a chapter starts at 0 seconds or later";
            found.error(at, "chapter_start_invalid", message);
        } else if chapter.start_s < last {
            let message = "chapters stand in the order of their start";
            found.error(at, "chapters_unordered", message);
        } else {
            last = chapter.start_s;
        }
        if let Some(end) = chapter.end_s
            && !(end.is_finite() && end >= chapter.start_s)
        {
            let message = "a chapter does not end before it starts";
            found.error(
                format_args!("/chapters/{n}/end_s"),
                "chapter_end_invalid",
                message,
            );
        }
    }
}

fn enclosure_rules(found: &mut Findings, n: usize, enclosure: &Enclosure) {
    found.url(format_args!("/enclosures/{n}/url"), &enclosure.url);
    for (m, source) in enclosure.sources.iter().enumerate() {
        found.url(format_args!("/enclosures/{n}/sources/{m}"), source);
    }
    if enclosure.length.is_some_and(|length| length < 0) {
        let at = format_args!("/enclosures/{n}/length");
        found.error(at, "length_negative", "a size in bytes is not negative");
    }
    if let Some(duration) = enclosure.duration_s {
        duration_rule(found, format_args!("/enclosures/{n}/duration_s"), duration);
    }
    let kind = enclosure.mime_type.as_ref();
    if kind.is_some_and(|kind| !kind.contains('/')) {
        let at = format_args!("/enclosures/{n}/mime_type");
        let message = "a media type looks like audio/mpeg";
        found.error(at, "mime_type_invalid", message);
    }
    if let Some(lang) = &enclosure.lang {
        found.language(format_args!("/enclosures/{n}/lang"), lang);
    }
}

fn lists(found: &mut Findings, fields: &EpisodeFields) {
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
        ("/external_ids", fields.external_ids.len()),
        ("/value", fields.value.len()),
        ("/places", fields.places.len()),
        ("/social", fields.social.len()),
    ] {
        found.at_most(name, length, limits::LIST, "entries");
    }
}
