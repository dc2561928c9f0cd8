//! What is no feed: answers of APIs, a table, a list of feeds.

use super::{ARABIC, ENGLISH, day, notes};
use serde_json::json;
use std::fmt::Write as _;

/// Where the videos of an answer are.
pub(super) const VIDEOS: &str = r#"{"entries": "/items", "fields": {"title": "/snippet/title"}}"#;

pub(super) fn youtube(entries: usize) -> String {
    let (title, line) = ARABIC;
    let video = |n: usize| {
        json!({
            "id": format!("v{n}"),
            "snippet": {
                "title": format!("{title} {n}"), "description": format!("{line}\n\n{line}"), "channelId": "UCquay",
                "publishedAt": format!("2026-02-{:02}T10:00:00Z", day(n)), "categoryId": "27", "tags": ["sea", "night"],
                "thumbnails": {"high": {"url": format!("https://i.ytimg.com/vi/v{n}/hq.jpg"), "width": 480, "height": 360}},
            },
            "contentDetails": {"duration": "PT42M17S"},
            "statistics": {"viewCount": "4567", "likeCount": "321"},
        })
    };
    let videos: Vec<_> = (0..entries).map(video).collect();
    let channel = json!({"id": "UCquay", "snippet": {"title": "Harbour"}});
    json!({"program": channel, "items": videos}).to_string()
}

/// Where an API has what.
pub(super) const SHOWS: &str = r#"{
    "entries": "/data/items", "program": {"title": "/data/name", "language": "/data/lang"},
    "fields": {
        "guid": "/key", "title": "/name", "description": "/text", "published_at": "/day", "duration_s": "/length",
        "season": "/season", "number": "/number", "tags": "/tags",
        "enclosure": {"at": "/file", "prefix": "https://media.example.com/"},
        "artwork": "/picture", "persons": {"each": "/people", "fields": {"name": "/who", "role": "/job"}}
    }
}"#;

pub(super) fn shows(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let show = |n: usize| {
        json!({
            "key": format!("crossing-{n}"), "name": format!("{title} {n}"), "text": notes(n, line),
            "day": format!("2026-02-{:02}T10:00:00Z", day(n)), "length": 2537, "season": 1, "number": n,
            "tags": ["Arts", "sea"], "file": format!("{n}.mp3"), "picture": format!("https://pictures.example/{n}.jpg"),
            "people": [{"who": "Ada Marsh", "job": "host"}],
        })
    };
    let shows: Vec<_> = (0..entries).map(show).collect();
    json!({"data": {"name": "Harbour Lights", "lang": "en", "items": shows}}).to_string()
}

pub(super) fn table(entries: usize) -> String {
    let (title, line) = ENGLISH;
    let mut out = "guid,title,published_at,duration_s,description,enclosure\n".to_owned();
    for n in 0..entries {
        let notes = notes(n, line).replace('"', "\"\"");
        let _ = writeln!(
            out,
            "crossing-{n},\"{title} {n}\",2026-02-{:02},2537,\"{notes}\",https://media.example.com/{n}.mp3",
            day(n),
        );
    }
    out
}

pub(super) fn list(entries: usize) -> String {
    let mut out = "<?xml version=\"1.0\"?>\n<opml version=\"2.0\">\n<head><title>Mine</title></head>\n<body>\n".to_owned();
    for n in 0..entries {
        let _ = writeln!(
            out,
            "<outline text=\"Harbour {n}\" type=\"rss\" xmlUrl=\"https://feeds.example/{n}.xml\" \
             htmlUrl=\"https://quay.example/{n}\"/>"
        );
    }
    out.push_str("</body>\n</opml>\n");
    out
}
