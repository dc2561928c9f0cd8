//! What a feed says of one entry, as an episode's fields.

use crate::command::FieldRepair;
use crate::ingest::{Element, FeedContext, Reading};
use crate::lang::Lang;
use crate::model::{
    Chapter, Enclosure, EpisodeFields, EpisodeKind, Integrity, Soundbite, Transcript, limits,
};
use crate::repair;

/// An episode's fields from an RSS item, and what was repaired.
#[must_use]
pub fn rss(item: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let mut reading = Reading::new(item, feed);
    let title = reading.line("/title", &["title", "itunes:title", "media:title"]);
    let subtitle = reading.line("/subtitle", &["itunes:subtitle"]);
    let description = reading.html(
        "/description",
        &[
            "content:encoded",
            "description",
            "itunes:summary",
            "media:description",
        ],
    );
    let said = item.text_of(&["dc:language"]).or(feed.language.as_deref());
    let lang = reading.language(said, &[title.as_deref(), description.as_deref()]);
    let (categories, words) = reading.categories();
    let guid = item.text_of(&["guid"]).map(str::to_owned);
    let number = reading.number("/number", &["podcast:episode", "itunes:episode"]);
    let fields = EpisodeFields {
        title: Reading::localized(&lang, title),
        subtitle: Reading::localized(&lang, subtitle),
        description: Reading::localized(&lang, description),
        kind: kind(item),
        published_at: reading.time("/published_at", &["pubDate", "dc:date", "atom:published"]),
        duration_s: duration(&mut reading),
        season: reading.number("/season", &["podcast:season", "itunes:season"]),
        season_name: item
            .child("podcast:season")
            .and_then(|season| season.attribute("name"))
            .map(str::to_owned),
        number,
        number_label: item
            .child("podcast:episode")
            .and_then(|episode| episode.attribute("display"))
            .map(str::to_owned),
        languages: vec![lang.clone()],
        default_lang: Some(lang),
        categories,
        tags: reading.keywords(words),
        author: reading.line("/author", &["itunes:author", "dc:creator", "author"]),
        persons: reading.persons(),
        artwork: reading.artwork(),
        enclosures: enclosures(&mut reading),
        chapters: chapters(item),
        chapters_url: link_of(&mut reading, "podcast:chapters", "/chapters_url"),
        transcripts: transcripts(&mut reading),
        soundbites: soundbites(item),
        explicit: reading
            .explicit()
            .or_else(|| feed.explicit.as_deref().and_then(repair::explicit::parse)),
        block: reading.yes("itunes:block"),
        live: None,
        external_ids: Reading::external_ids(guid.as_ref()),
        guid,
        links: reading.links(),
        licence: reading.licence(),
        value: reading.value(),
        places: reading.places(),
        social: reading.social(),
        ..EpisodeFields::default()
    };
    (fields, reading.into_repairs())
}

fn kind(item: &Element) -> EpisodeKind {
    match item
        .text_of(&["itunes:episodeType"])
        .map(str::to_lowercase)
        .as_deref()
    {
        Some("trailer") => EpisodeKind::Trailer,
        Some("bonus") => EpisodeKind::Bonus,
        _ => EpisodeKind::Full,
    }
}

fn duration(reading: &mut Reading<'_>) -> Option<i64> {
    if let Some(raw) = reading.element.text_of(&["itunes:duration"]) {
        let repaired = repair::duration::parse(raw);
        return reading.keep_or_note("/duration_s", "duration_unreadable", repaired);
    }
    let media = reading.element.child("media:content")?;
    repair::duration::parse(media.attribute("duration")?).map(|found| found.value)
}

fn link_of(reading: &mut Reading<'_>, name: &str, pointer: &str) -> Option<String> {
    let raw = reading.element.child(name)?.attribute("url")?;
    reading.url(pointer, raw)
}

fn enclosures(reading: &mut Reading<'_>) -> Vec<Enclosure> {
    let item = reading.element;
    let plain = item.all("enclosure");
    let groups = item
        .all("media:group")
        .flat_map(|group| group.all("media:content"));
    let media = item
        .all("media:content")
        .chain(groups)
        .filter(|media| playable(media));
    let mut files: Vec<Enclosure> = Vec::new();
    for element in plain.chain(media).take(limits::LIST) {
        let Some(url) = element
            .attribute("url")
            .and_then(|raw| reading.url("/enclosures", raw))
        else {
            continue;
        };
        if files.iter().all(|file| file.url != url) {
            let file = file(reading, element, url);
            files.push(file);
        }
    }
    for element in item.all("podcast:alternateEnclosure").take(limits::LIST) {
        files.extend(alternate(reading, element));
    }
    files.truncate(limits::LIST);
    files
}

fn playable(media: &Element) -> bool {
    let medium = media.attribute("medium");
    let kind = media.attribute("type").unwrap_or_default();
    !matches!(medium, Some("image" | "document")) && !kind.starts_with("image/")
}

fn file(reading: &mut Reading<'_>, element: &Element, url: String) -> Enclosure {
    let mime_type = repair::mime::repair(element.attribute("type"), &url)
        .map(|repaired| reading.keep("/enclosures", repaired));
    let length = element
        .attribute("length")
        .or(element.attribute("fileSize"));
    Enclosure {
        mime_type,
        // Feeds that know no size write 0 or 1.
        length: length
            .and_then(|text| text.parse().ok())
            .filter(|bytes| *bytes > 1),
        bitrate: element.attribute("bitrate").and_then(bits_per_second),
        height: element
            .attribute("height")
            .and_then(|text| text.parse().ok()),
        url,
        ..Enclosure::default()
    }
}

/// Media RSS counts kilobits, Podcasting 2.0 bits.
fn bits_per_second(text: &str) -> Option<i64> {
    let number: f64 = text.parse().ok()?;
    let bits = if number < 10_000.0 {
        number * 1_000.0
    } else {
        number
    };
    (bits.is_finite() && bits > 0.0).then_some(bits as i64)
}

fn alternate(reading: &mut Reading<'_>, element: &Element) -> Option<Enclosure> {
    let mut sources = element
        .all("podcast:source")
        .filter_map(|source| source.attribute("uri"))
        .filter_map(|raw| repair::url::repair(raw, None))
        .map(|repaired| repaired.value)
        .take(limits::LIST)
        .collect::<Vec<_>>();
    if sources.is_empty() {
        reading.note("/enclosures", "alternate_without_source");
        return None;
    }
    let url = sources.remove(0);
    let integrity = element.child("podcast:integrity").map(|found| Integrity {
        kind: found.attribute("type").unwrap_or_default().to_owned(),
        value: found.attribute("value").unwrap_or_default().to_owned(),
    });
    let lang = element
        .attribute("lang")
        .and_then(repair::language::canonical)
        .map(Lang);
    Some(Enclosure {
        lang,
        title: element.attribute("title").map(str::to_owned),
        rel: element.attribute("rel").map(str::to_owned),
        codecs: element.attribute("codecs").map(str::to_owned),
        sources,
        integrity,
        ..file(reading, element, url)
    })
}

/// Chapters inside the feed (Podlove Simple Chapters).
fn chapters(item: &Element) -> Vec<Chapter> {
    let Some(outer) = item.child("psc:chapters") else {
        return Vec::new();
    };
    let mut chapters: Vec<Chapter> = outer
        .all("psc:chapter")
        .take(limits::CHAPTERS)
        .filter_map(|chapter| {
            Some(Chapter {
                start_s: clock(chapter.attribute("start")?)?,
                title: chapter.attribute("title").map(str::to_owned),
                url: chapter.attribute("href").map(str::to_owned),
                image_url: chapter.attribute("image").map(str::to_owned),
                ..Chapter::default()
            })
        })
        .collect();
    chapters.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
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

fn transcripts(reading: &mut Reading<'_>) -> Vec<Transcript> {
    let mut transcripts = Vec::new();
    for element in reading.element.all("podcast:transcript").take(limits::LIST) {
        let Some(raw) = element.attribute("url") else {
            continue;
        };
        let Some(url) = reading.url("/transcripts", raw) else {
            continue;
        };
        transcripts.push(Transcript {
            url,
            mime_type: element.attribute("type").map(str::to_owned),
            lang: element
                .attribute("language")
                .and_then(repair::language::canonical)
                .map(Lang),
            rel: element.attribute("rel").map(str::to_owned),
            object_hash: None,
        });
    }
    transcripts
}

fn soundbites(item: &Element) -> Vec<Soundbite> {
    item.all("podcast:soundbite")
        .take(limits::LIST)
        .filter_map(|element| {
            let title = element.text.trim();
            Some(Soundbite {
                start_s: element.attribute("startTime")?.parse().ok()?,
                duration_s: element.attribute("duration")?.parse().ok()?,
                title: (!title.is_empty()).then(|| title.to_owned()),
            })
        })
        .filter(|bite| {
            let starts = bite.start_s.is_finite() && bite.start_s >= 0.0;
            starts && bite.duration_s.is_finite() && bite.duration_s > 0.0
        })
        .collect()
}
