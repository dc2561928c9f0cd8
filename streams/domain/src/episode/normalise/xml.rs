//! What entries of RSS and Atom have in common: the namespaces of podcasts and media.

use super::{media, parts};
use crate::ingest::{Element, Reading, external_id, owned, parsed, short};
use crate::model::{Availability, EpisodeFields, EpisodeKind, ExternalId, Live, LiveStatus};
use crate::repair::{self, Repair};
use crate::time::Timestamp;

/// What each format has in its own words.
pub(super) struct Own<'a> {
    pub title: Option<String>,
    /// One line, where it has one beside the description.
    pub summary: Option<String>,
    pub description: Option<String>,
    /// The language as the entry says.
    pub lang: Option<&'a str>,
    pub published_at: Option<Timestamp>,
    pub author: Option<String>,
    pub guid: Option<&'a str>,
}

/// The fields of an entry.
pub(super) fn entry<'a>(reading: &mut Reading<'a>, own: Own<'a>) -> EpisodeFields {
    let item = reading.element;
    let title = own.title.or_else(|| {
        let title = reading.media_text("media:title")?;
        reading.line_of("/title", title)
    });
    let subtitle = reading.line("/subtitle", &["itunes:subtitle"]);
    let subtitle = subtitle.or(own.summary);
    let description = own.description.or_else(|| description(reading));
    let said = own.lang.or(reading.feed.language.as_deref());
    let lang = reading.language(said, &[title.as_deref(), description.as_deref()]);
    let (categories, words) = reading.categories();
    let guid = own.guid.and_then(short).map(str::to_owned);
    if guid.is_none() {
        reading.note("/guid", Repair::GuidMissing);
    }
    let (number, number_label) = number(reading);
    let (views, likes) = counts(reading);
    let enclosures = media::enclosures(reading);
    EpisodeFields {
        title: Reading::localized(&lang, title),
        subtitle: Reading::localized(&lang, subtitle),
        description: Reading::localized(&lang, description),
        kind: kind(item),
        published_at: own.published_at,
        duration_s: duration(reading),
        season: reading.number("/season", &["podcast:season", "itunes:season"]),
        season_name: item
            .child("podcast:season")
            .and_then(|season| owned(season, "name")),
        number,
        number_label,
        languages: vec![lang.clone()],
        categories,
        tags: reading.keywords(words),
        author: own.author.or_else(|| author(reading)),
        persons: reading.persons(),
        artwork: reading.artwork(&lang),
        enclosures,
        chapters: parts::chapters(reading),
        chapters_url: item
            .child("podcast:chapters")
            .and_then(|chapters| reading.url_in("/chapters_url", chapters, "url")),
        transcripts: parts::transcripts(reading),
        soundbites: parts::soundbites(reading),
        explicit: reading.explicit().or_else(|| {
            let feed = reading.feed.explicit.as_deref();
            feed.and_then(repair::explicit::parse)
        }),
        block: reading.block(),
        live: live(reading),
        external_ids: external_ids(reading, guid.as_ref()),
        guid,
        links: reading.links(),
        licence: reading.licence(),
        value: reading.value(),
        places: reading.places(),
        social: reading.social(),
        views,
        likes,
        availability: availability(reading),
        default_lang: Some(lang),
    }
}

/// The description of Media RSS: plain text unless it says that it is HTML.
fn description(reading: &mut Reading<'_>) -> Option<String> {
    let mut all = reading.media("media:description");
    let found = all.find(|found| !found.text.trim().is_empty())?;
    match found.attribute("type") {
        Some("html") => reading.html_of("/description", &found.text, found),
        _ => reading.html_of_text("/description", &found.text),
    }
}

fn author(reading: &mut Reading<'_>) -> Option<String> {
    let names = ["googleplay:author", "dc:publisher", "atom:author"];
    let author = reading.line("/author", &names);
    author.or_else(|| {
        let inner = reading.element.child("atom:author")?;
        reading.line_of("/author", inner.text_of(&["atom:name"])?)
    })
}

fn kind(item: &Element) -> EpisodeKind {
    let kind = item.text_of(&["itunes:episodeType"]).map(str::to_lowercase);
    match kind.as_deref() {
        Some("trailer") => EpisodeKind::Trailer,
        Some("bonus") => EpisodeKind::Bonus,
        _ => EpisodeKind::Full,
    }
}

/// The number, and how it is shown where it is something else: `12b`, `315.5`.
fn number(reading: &mut Reading<'_>) -> (Option<i32>, Option<String>) {
    let number = reading.number("/number", &["podcast:episode", "itunes:episode"]);
    let label = reading.element.child("podcast:episode");
    let label = label.and_then(|episode| {
        let written = || Some(episode.text.trim()).filter(|text| !text.is_empty());
        let unread = number.is_none().then(written).flatten();
        episode.attribute("display").or(unread)
    });
    let label = label.and_then(|label| reading.line_of("/number_label", label));
    (number, label)
}

fn duration(reading: &mut Reading<'_>) -> Option<i64> {
    if let Some(raw) = reading.element.text_of(&["itunes:duration"]) {
        return reading.duration_of("/duration_s", raw);
    }
    let mut contents = reading.media("media:content");
    let raw = contents.find_map(|content| content.attribute("duration"))?;
    reading.duration_of("/duration_s", raw)
}

/// A broadcast: what it is called says that it is one.
fn live(reading: &mut Reading<'_>) -> Option<Live> {
    let element = reading.element;
    if element.name != "podcast:liveItem" {
        return None;
    }
    let status = element.attribute("status").map(str::to_lowercase);
    let mut time = |name| {
        let raw = element.attribute(name)?;
        reading.time_of("/live", raw)
    };
    Some(Live {
        status: match status.as_deref() {
            Some("live") => LiveStatus::Live,
            Some("ended") => LiveStatus::Ended,
            _ => LiveStatus::Pending,
        },
        start: time("start"),
        end: time("end"),
    })
}

/// How often it was seen and liked (YouTube: every rating is a like).
fn counts(reading: &Reading<'_>) -> (Option<i64>, Option<i64>) {
    let item = reading.element;
    let groups = item
        .all("media:group")
        .flat_map(|group| group.all("media:community"));
    let Some(community) = item.all("media:community").chain(groups).next() else {
        return (None, None);
    };
    let count = |name, attribute| {
        let count: i64 = parsed(community.child(name)?, attribute)?;
        (count >= 0).then_some(count)
    };
    let rating = match item.child("yt:videoId") {
        Some(_) => count("media:starRating", "count"),
        None => None,
    };
    let likes = rating.or_else(|| count("media:statistics", "favorites"));
    (count("media:statistics", "views"), likes)
}

fn external_ids(reading: &Reading<'_>, guid: Option<&String>) -> Vec<ExternalId> {
    let mut ids = reading.external_ids(guid);
    let video = reading.element.text_of(&["yt:videoId"]);
    ids.extend(video.map(|video| external_id("youtube", video)));
    ids
}

/// When it may be seen, and where: the countries that are allowed, where all are named by their code.
fn availability(reading: &mut Reading<'_>) -> Availability {
    let (from, until) = period(reading);
    let allowed = reading.media("media:restriction").find(|restriction| {
        let is = |name, value| restriction.attribute(name) == Some(value);
        is("relationship", "allow") && is("type", "country")
    });
    let codes = allowed.map(|allowed| allowed.text.split_whitespace());
    let codes: Vec<String> = codes.into_iter().flatten().map(str::to_uppercase).collect();
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    let known = codes.iter().all(is_code) && codes.len() <= crate::model::limits::LIST;
    Availability {
        from,
        until,
        countries: if known { codes } else { Vec::new() },
        ..Availability::default()
    }
}

/// The period of a file of Media RSS (Dublin Core): `start=2026-03-01T09:00Z; end=2026-04-01T09:00Z`.
fn period(reading: &mut Reading<'_>) -> (Option<Timestamp>, Option<Timestamp>) {
    let valid = reading.element.child("dcterms:valid");
    let Some(valid) = valid.or_else(|| reading.media("dcterms:valid").next()) else {
        return (None, None);
    };
    let mut time = |name: &str, pointer: &str| {
        let mut parts = valid
            .text
            .split(';')
            .filter_map(|part| part.split_once('='));
        let (_, said) = parts.find(|(part, _)| part.trim().eq_ignore_ascii_case(name))?;
        reading.time_of(pointer, said.trim())
    };
    (
        time("start", "/availability/from"),
        time("end", "/availability/until"),
    )
}
