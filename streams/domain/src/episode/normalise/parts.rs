//! Parts of an episode and its words: chapters, soundbites, transcripts.

use crate::ingest::{Element, Reading, lang_in, owned, parsed};
use crate::model::{Chapter, Soundbite, Transcript, limits};

/// Chapters inside the feed (Podlove Simple Chapters, else the scenes of Media RSS).
pub(super) fn chapters(reading: &mut Reading<'_>) -> Vec<Chapter> {
    let mut chapters = match reading.element.child("psc:chapters") {
        Some(outer) => simple_chapters(reading, outer),
        None => scenes(reading),
    };
    chapters.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    chapters
}

fn simple_chapters(reading: &mut Reading<'_>, outer: &Element) -> Vec<Chapter> {
    let mut chapters = Vec::new();
    for chapter in outer.all("psc:chapter").take(limits::CHAPTERS) {
        let Some(start_s) = chapter.attribute("start").and_then(clock) else {
            continue;
        };
        chapters.push(Chapter {
            start_s,
            title: owned(chapter, "title"),
            url: reading.url_in("/chapters", chapter, "href"),
            image_url: reading.url_in("/chapters", chapter, "image"),
            ..Chapter::default()
        });
    }
    chapters
}

fn scenes(reading: &mut Reading<'_>) -> Vec<Chapter> {
    let scenes = reading.media("media:scenes");
    let scenes: Vec<&Element> = scenes
        .flat_map(|outer| outer.all("media:scene"))
        .take(limits::CHAPTERS)
        .collect();
    let mut chapters = Vec::new();
    for scene in scenes {
        // The specification writes what is inside without a prefix.
        let said = |names: [&str; 2]| scene.text_of(&names);
        let start = said(["sceneStartTime", "media:sceneStartTime"]).and_then(clock);
        let Some(start_s) = start else {
            continue;
        };
        let end_s = said(["sceneEndTime", "media:sceneEndTime"]).and_then(clock);
        let title = said(["sceneTitle", "media:sceneTitle"]);
        chapters.push(Chapter {
            start_s,
            end_s: end_s.filter(|end| *end >= start_s),
            title: title.and_then(|title| reading.line_of("/chapters", title)),
            ..Chapter::default()
        });
    }
    chapters
}

/// Seconds of a normal play time: `1:02:03.5`, `02:03`, `3`.
fn clock(text: &str) -> Option<f64> {
    text.split(':').try_fold(0.0, |sum: f64, part| {
        let number: f64 = part.trim().parse().ok()?;
        let sum = sum * 60.0 + number;
        (number >= 0.0 && sum.is_finite()).then_some(sum)
    })
}

/// The spoken words: transcripts of Podcasting 2.0 and subtitles of Media RSS.
pub(super) fn transcripts(reading: &mut Reading<'_>) -> Vec<Transcript> {
    let element = reading.element;
    let transcripts = element
        .all("podcast:transcript")
        .map(|found| (found, "url", "language", None));
    let subtitles = reading
        .media("media:subtitle")
        .map(|found| (found, "href", "lang", Some("captions")));
    let all: Vec<(&Element, _, _, Option<&str>)> = transcripts.chain(subtitles).collect();
    let mut found: Vec<Transcript> = Vec::new();
    for (element, address, lang, rel) in all.into_iter().take(limits::LIST) {
        let Some(url) = reading.url_in("/transcripts", element, address) else {
            continue;
        };
        found.push(Transcript {
            url,
            mime_type: owned(element, "type"),
            lang: lang_in(element, lang),
            rel: owned(element, "rel").or(rel.map(str::to_owned)),
            object_hash: None,
        });
    }
    found
}

/// Parts worth sharing.
pub(super) fn soundbites(reading: &mut Reading<'_>) -> Vec<Soundbite> {
    let mut bites = Vec::new();
    for element in reading.element.all("podcast:soundbite").take(limits::LIST) {
        let (start, length) = (parsed(element, "startTime"), parsed(element, "duration"));
        let (Some(start_s), Some(duration_s)) = (start, length) else {
            continue;
        };
        let bite = Soundbite {
            start_s,
            duration_s,
            title: None,
        };
        let starts = bite.start_s.is_finite() && bite.start_s >= 0.0;
        if starts && bite.duration_s.is_finite() && bite.duration_s > 0.0 {
            let title = reading.line_of("/soundbites", &element.text);
            bites.push(Soundbite { title, ..bite });
        }
    }
    bites
}
