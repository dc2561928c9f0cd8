//! The media files of an entry: what is to be played first, then the alternates.

use crate::ingest::{Element, Reading, is_picture, is_picture_at, lang_in, owned, parsed};
use crate::model::{Enclosure, Integrity, limits};
use crate::repair::{self, Repair};

/// The files of an entry: plain ones, Media RSS, Atom links, alternates of Podcasting 2.0.
pub(super) fn enclosures(reading: &mut Reading<'_>) -> Vec<Enclosure> {
    let item = reading.element;
    let mut files = Vec::new();
    if let Some(video) = item.text_of(&["yt:videoId"]) {
        files.push(youtube(video));
    }
    let plain = item.all("enclosure").map(|file| (file, "url"));
    let atom = reading.atom_links();
    let atom = atom.filter_map(|(rel, link)| (rel == "enclosure").then_some((link, "href")));
    // Atom's content may be a file that stands elsewhere.
    let outside = item.all("content").filter(|content| is_media(content));
    let outside = outside.map(|content| (content, "src"));
    let plain = plain.chain(atom).chain(outside);
    let plain = plain.filter(|(file, at)| !is_picture_at(file, at));
    let plain: Vec<(&Element, &str)> = plain.take(limits::LIST).collect();
    let mut media: Vec<(&Element, &str)> = reading
        .media("media:content")
        .filter(|file| playable(file))
        .take(limits::LIST)
        .map(|file| (file, "url"))
        .collect();
    // Of the files of a group one is the one to play.
    media.sort_by_key(|(file, _)| file.attribute("isDefault") != Some("true"));
    for (element, attribute) in plain.into_iter().chain(media) {
        if let Some(url) = reading.url_in("/enclosures", element, attribute) {
            let found = file(reading, element, url);
            push(&mut files, found);
        }
    }
    for element in item.all("podcast:alternateEnclosure").take(limits::LIST) {
        if let Some(found) = alternate(reading, element) {
            push(&mut files, found);
        }
    }
    files.truncate(limits::LIST);
    files
}

/// A film at YouTube: there is a page that plays it, and no file.
fn youtube(video: &str) -> Enclosure {
    let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let id: String = video.chars().filter(safe).collect();
    Enclosure {
        url: format!("https://www.youtube.com/watch?v={id}"),
        mime_type: Some("video/youtube".to_owned()),
        ..Enclosure::default()
    }
}

/// Adds a file, or what is said of one that is there.
pub(super) fn push(files: &mut Vec<Enclosure>, found: Enclosure) {
    let Some(known) = files.iter_mut().find(|file| file.url == found.url) else {
        files.push(found);
        return;
    };
    known.mime_type = known.mime_type.take().or(found.mime_type);
    known.length = known.length.or(found.length);
    known.duration_s = known.duration_s.or(found.duration_s);
    known.bitrate = known.bitrate.or(found.bitrate);
    known.height = known.height.or(found.height);
    known.lang = known.lang.take().or(found.lang);
    known.title = known.title.take().or(found.title);
    known.rel = known.rel.take().or(found.rel);
    known.codecs = known.codecs.take().or(found.codecs);
    known.integrity = known.integrity.take().or(found.integrity);
    if known.sources.is_empty() {
        known.sources = found.sources;
    }
}

/// Whether an element says that it is sound or a film.
fn is_media(element: &Element) -> bool {
    let kind = element.attribute("type").unwrap_or_default();
    kind.starts_with("audio/") || kind.starts_with("video/")
}

/// Whether a file of Media RSS can be played; films that need Flash cannot.
fn playable(media: &Element) -> bool {
    let flash = media.attribute("type") == Some("application/x-shockwave-flash");
    !flash && !is_picture(media) && media.attribute("medium") != Some("document")
}

fn file(reading: &mut Reading<'_>, element: &Element, url: String) -> Enclosure {
    let mime_type = repair::mime::repair(element.attribute("type"), &url)
        .map(|repaired| reading.keep("/enclosures", repaired));
    let length = parsed(element, "length").or_else(|| parsed(element, "fileSize"));
    let title = owned(element, "title").or_else(|| {
        let title = element.text_of(&["media:title"])?;
        Some(repair::html::text(title).value)
    });
    Enclosure {
        mime_type,
        // Feeds that know no size write 0 or 1.
        length: length.filter(|bytes| *bytes > 1),
        duration_s: element.attribute("duration").and_then(duration),
        bitrate: element.attribute("bitrate").and_then(bits_per_second),
        height: parsed(element, "height").filter(|pixels| *pixels > 0),
        lang: lang_in(element, "lang").or_else(|| lang_in(element, "hreflang")),
        title,
        url,
        ..Enclosure::default()
    }
}

fn duration(text: &str) -> Option<i64> {
    repair::duration::parse(text).map(|found| found.value)
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
    let mut sources = Vec::new();
    for source in element.all("podcast:source").take(limits::LIST) {
        // Other networks than the web have addresses that no player here can follow.
        sources.extend(reading.url_in("/enclosures", source, "uri"));
    }
    if sources.is_empty() {
        reading.note("/enclosures", Repair::AlternateWithoutSource);
        return None;
    }
    let url = sources.remove(0);
    let integrity = element.child("podcast:integrity").map(|found| Integrity {
        kind: owned(found, "type").unwrap_or_default(),
        value: owned(found, "value").unwrap_or_default(),
    });
    let default = element.attribute("default") == Some("true");
    Some(Enclosure {
        rel: owned(element, "rel").or(default.then(|| "default".to_owned())),
        codecs: owned(element, "codecs"),
        sources,
        integrity,
        ..file(reading, element, url)
    })
}
