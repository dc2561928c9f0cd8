//! Videos, channels and playlists of the YouTube Data API v3, in the words of YouTube's own Atom feeds.
//!
//! Both ways lead to the same episode: the guid is `yt:video:` and the video's id, whoever asks.

mod says;
#[cfg(test)]
mod tests;

use self::says::{leaf, says, with};
use super::{Element, FeedContext};
use crate::command::FieldRepair;
use crate::lang::Lang;
use crate::model::{EpisodeFields, ProgramFields, limits};
use crate::repair;
use crate::{episode, program};

/// The sizes of a thumbnail, the largest first.
const SIZES: [&str; 5] = ["maxres", "standard", "high", "medium", "default"];

/// The names of the categories that a video may be assigned to, by their ids.
const CATEGORIES: [(&str, &str); 15] = [
    ("1", "Film & Animation"),
    ("2", "Autos & Vehicles"),
    ("10", "Music"),
    ("15", "Pets & Animals"),
    ("17", "Sports"),
    ("19", "Travel & Events"),
    ("20", "Gaming"),
    ("22", "People & Blogs"),
    ("23", "Comedy"),
    ("24", "Entertainment"),
    ("25", "News & Politics"),
    ("26", "Howto & Style"),
    ("27", "Education"),
    ("28", "Science & Technology"),
    ("29", "Nonprofits & Activism"),
];

/// An episode's fields from a video (`videos.list`), and what was repaired.
#[must_use]
pub fn episode(video: &Element, feed: &FeedContext) -> (EpisodeFields, Vec<FieldRepair>) {
    let (mut fields, repairs) = episode::normalise::atom(&entry(video), feed);
    let translated = video.child("localizations").into_iter();
    for texts in translated.flat_map(|all| &all.children).take(limits::LIST) {
        let Some(lang) = repair::language::canonical(&texts.name).map(Lang) else {
            continue;
        };
        if let Some(title) = texts.text_of(&["title"]) {
            let title = repair::html::text(title).value;
            fields.title.0.entry(lang.clone()).or_insert(title);
        }
        if let Some(text) = texts.text_of(&["description"]) {
            let html = repair::html::of_text(text).value;
            fields.description.0.entry(lang).or_insert(html);
        }
    }
    (fields, repairs)
}

/// A program's fields from a channel or one of its playlists, and what was repaired.
#[must_use]
pub fn program(document: &Element, feed: &FeedContext) -> (ProgramFields, Vec<FieldRepair>) {
    program::normalise::atom(&channel(document), feed)
}

/// A video as an entry of an Atom feed.
fn entry(video: &Element) -> Element {
    let id = says(video, &["id"]).unwrap_or_default();
    let mut entry = Element {
        name: "entry".to_owned(),
        ..Element::default()
    };
    broadcast(video, &mut entry);
    let watch = format!("https://www.youtube.com/watch?v={id}");
    entry.children.extend([
        leaf("id", &format!("yt:video:{id}")),
        leaf("yt:videoId", id),
        with("link", &[("rel", "alternate"), ("href", &watch)]),
    ]);
    for (name, way) in [
        ("yt:channelId", ["snippet", "channelId"]),
        ("title", ["snippet", "title"]),
        ("published", ["snippet", "publishedAt"]),
        ("itunes:duration", ["contentDetails", "duration"]),
    ] {
        entry
            .children
            .extend(says(video, &way).map(|text| leaf(name, text)));
    }
    let lang = says(video, &["snippet", "defaultAudioLanguage"])
        .or_else(|| says(video, &["snippet", "defaultLanguage"]));
    entry
        .children
        .extend(lang.map(|lang| leaf("dc:language", lang)));
    entry.children.extend(author(video));
    entry.children.extend(words(video));
    entry.children.extend(terms(video));
    entry.children.push(group(video));
    entry
}

/// A broadcast says when it is; what was one says so still.
fn broadcast(video: &Element, entry: &mut Element) {
    let said = says(video, &["snippet", "liveBroadcastContent"]);
    let details = video.child("liveStreamingDetails");
    let status = match said {
        Some("live") => "live",
        Some("upcoming") => "pending",
        _ if details.is_some() => "ended",
        _ => return,
    };
    entry.name = "podcast:liveItem".to_owned();
    let mut attributes = vec![("status", status)];
    let time = |names: [&str; 2]| details?.text_of(&names);
    let start = time(["actualStartTime", "scheduledStartTime"]);
    let end = time(["actualEndTime", "scheduledEndTime"]);
    attributes.extend(start.map(|start| ("start", start)));
    attributes.extend(end.map(|end| ("end", end)));
    entry.attributes = with("", &attributes).attributes;
}

fn author(video: &Element) -> Option<Element> {
    let name = says(video, &["snippet", "channelTitle"])?;
    let mut author = leaf("author", "");
    author.children.push(leaf("name", name));
    Some(author)
}

/// Its category and its key words.
fn words(video: &Element) -> Vec<Element> {
    let mut words = Vec::new();
    let id = says(video, &["snippet", "categoryId"]);
    let category = CATEGORIES.iter().find(|(known, _)| Some(*known) == id);
    words.extend(category.map(|(_, name)| with("category", &[("term", name)])));
    let tags = video
        .child("snippet")
        .into_iter()
        .flat_map(|snippet| snippet.all("tags"));
    let tags: Vec<&str> = tags
        .map(|tag| tag.text.as_str())
        .take(limits::LIST)
        .collect();
    if !tags.is_empty() {
        words.push(leaf("itunes:keywords", &tags.join(",")));
    }
    words
}

/// For whom it is, and under which licence.
fn terms(video: &Element) -> Vec<Element> {
    let mut terms = Vec::new();
    if says(video, &["contentDetails", "contentRating", "ytRating"]) == Some("ytAgeRestricted") {
        terms.push(leaf("itunes:explicit", "yes"));
    }
    if says(video, &["status", "license"]) == Some("creativeCommon") {
        terms.push(leaf("podcast:license", "CC-BY-3.0"));
    }
    terms
}

/// What YouTube's feeds say in a group of Media RSS.
fn group(video: &Element) -> Element {
    let mut group = leaf("media:group", "");
    let description = says(video, &["snippet", "description"]);
    group
        .children
        .extend(description.map(|text| leaf("media:description", text)));
    group.children.extend(thumbnails(video));
    let restriction = video
        .child("contentDetails")
        .and_then(|d| d.child("regionRestriction"));
    let allowed = restriction.map(|restriction| restriction.all("allowed"));
    let allowed: Vec<&str> = allowed
        .into_iter()
        .flatten()
        .map(|c| c.text.as_str())
        .collect();
    if !allowed.is_empty() {
        let attributes = [("relationship", "allow"), ("type", "country")];
        let mut restriction = with("media:restriction", &attributes);
        restriction.text = allowed.join(" ");
        group.children.push(restriction);
    }
    let mut community = leaf("media:community", "");
    for (name, attribute, count) in [
        ("media:statistics", "views", "viewCount"),
        ("media:starRating", "count", "likeCount"),
    ] {
        let count = says(video, &["statistics", count]);
        community
            .children
            .extend(count.map(|count| with(name, &[(attribute, count)])));
    }
    group.children.push(community);
    group
}

/// The pictures, the largest first.
fn thumbnails(item: &Element) -> Vec<Element> {
    let snippet = item
        .child("snippet")
        .and_then(|snippet| snippet.child("thumbnails"));
    let sizes = SIZES.iter().filter_map(|size| {
        let picture = snippet?.child(size)?;
        let said = ["url", "width", "height"].map(|name| Some((name, picture.text_of(&[name])?)));
        let said: Vec<(&str, &str)> = said.into_iter().flatten().collect();
        Some(with("media:thumbnail", &said))
    });
    sizes.collect()
}

/// A channel or one of its playlists as an Atom feed.
fn channel(document: &Element) -> Element {
    let (channel, playlist) = (document.child("channel"), document.child("playlist"));
    let mut feed = leaf("feed", "");
    for (name, item) in [("yt:playlistId", playlist), ("yt:channelId", channel)] {
        let id = item.and_then(|item| item.text_of(&["id"]));
        feed.children.extend(id.map(|id| leaf(name, id)));
    }
    let Some(item) = playlist.or(channel) else {
        return feed;
    };
    let title = says(item, &["snippet", "title"]);
    feed.children
        .extend(title.map(|title| leaf("title", title)));
    if let Some(text) = says(item, &["snippet", "description"]) {
        let mut description = with("subtitle", &[("type", "text")]);
        description.text = text.to_owned();
        feed.children.push(description);
    }
    let lang = says(item, &["snippet", "defaultLanguage"]);
    feed.children
        .extend(lang.map(|lang| leaf("dc:language", lang)));
    let page = item.text_of(&["id"]).map(|id| match playlist {
        Some(_) => format!("https://www.youtube.com/playlist?list={id}"),
        None => format!("https://www.youtube.com/channel/{id}"),
    });
    let page = page.map(|page| with("link", &[("rel", "alternate"), ("href", &page)]));
    feed.children.extend(page);
    let name = says(item, &["snippet", "channelTitle"]).or(title);
    feed.children
        .extend(name.map(|name| leaf("itunes:author", name)));
    feed.children.extend(thumbnails(item));
    feed
}
