//! Videos as the API answers them.

use super::*;
use crate::model::{LiveStatus, Medium};
use serde_json::{Value, json};

/// The natural form of a JSON value, as connectors read it.
fn natural(name: &str, value: &Value) -> Vec<Element> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values
            .iter()
            .flat_map(|value| natural(name, value))
            .collect(),
        Value::Object(members) => {
            let children = members
                .iter()
                .flat_map(|(name, value)| natural(name, value));
            let children = children.collect();
            vec![Element {
                children,
                ..leaf(name, "")
            }]
        }
        Value::String(text) => vec![leaf(name, text)],
        other => vec![leaf(name, &other.to_string())],
    }
}

fn element(value: &Value) -> Element {
    natural("item", value).remove(0)
}

#[test]
fn a_video_becomes_an_episode_with_all_that_is_said_of_it() {
    let video = json!({
        "id": "a-B_c1", "snippet": {
            "publishedAt": "2026-01-02T03:04:05Z", "channelId": "UCq", "title": "Night ferry",
            "description": "First line\n\nSecond <line>", "channelTitle": "Quay TV",
            "thumbnails": {
                "default": {"url": "https://i.example/d.jpg", "width": 120, "height": 90},
                "maxres": {"url": "https://i.example/m.jpg", "width": 1280, "height": 720}},
            "tags": ["sea", "night"], "categoryId": "27",
            "liveBroadcastContent": "none", "defaultAudioLanguage": "en-GB"},
        "contentDetails": {"duration": "PT1H2M3S", "regionRestriction": {"allowed": ["DE", "AT"]}},
        "status": {"license": "creativeCommon"},
        "statistics": {"viewCount": "1200", "likeCount": "7"},
        "localizations": {"de": {"title": "Nachtfähre", "description": "Text"}},
    });
    let (fields, _) = episode(&element(&video), &FeedContext::default());
    let (en, de) = (Lang::from("en-GB"), Lang::from("de"));
    assert_eq!(fields.guid.as_deref(), Some("yt:video:a-B_c1"));
    assert_eq!(fields.title.get(&en), Some("Night ferry"));
    assert_eq!(fields.title.get(&de), Some("Nachtfähre"));
    let text = fields.description.get(&en).unwrap();
    assert!(
        text.contains("<p>First line</p>") && text.contains("&lt;line&gt;"),
        "{text}"
    );
    assert_eq!(fields.duration_s, Some(3_723));
    assert_eq!(fields.categories, ["education"]);
    assert_eq!(fields.tags, ["sea", "night"]);
    assert_eq!(fields.author.as_deref(), Some("Quay TV"));
    let artwork = &fields.artwork[0];
    assert_eq!(
        (artwork.url.as_str(), artwork.width),
        ("https://i.example/m.jpg", Some(1280))
    );
    assert_eq!((fields.views, fields.likes), (Some(1200), Some(7)));
    assert_eq!(
        fields.enclosures[0].url,
        "https://www.youtube.com/watch?v=a-B_c1"
    );
    assert_eq!(
        fields.links[0].url,
        "https://www.youtube.com/watch?v=a-B_c1"
    );
    assert!(
        fields
            .external_ids
            .contains(&crate::ingest::external_id("youtube", "a-B_c1"))
    );
    assert_eq!(fields.availability.countries, ["DE", "AT"]);
    assert_eq!(fields.licence.unwrap().name, "CC-BY-3.0");
    assert_eq!(fields.live, None);
    let published = fields.published_at.unwrap().to_string();
    assert!(published.starts_with("2026-01-02T03:04:05"), "{published}");
}

#[test]
fn both_ways_to_a_video_lead_to_the_same_guid() {
    let entry = json!({"id": "yt:video:x1", "yt:videoId": "x1", "title": "T"});
    let (feed, _) = crate::episode::normalise::atom(&element(&entry), &FeedContext::default());
    let video = json!({"id": "x1", "snippet": {"title": "T"}});
    let (api, _) = episode(&element(&video), &FeedContext::default());
    assert_eq!(feed.guid, api.guid);
    assert_eq!(feed.enclosures, api.enclosures);
}

#[test]
fn a_broadcast_says_how_it_stands() {
    let live = |content: &str, details: Value| {
        let video = json!({"id": "x", "snippet": {"title": "T", "liveBroadcastContent": content},
            "liveStreamingDetails": details});
        episode(&element(&video), &FeedContext::default()).0.live
    };
    let times = json!({"scheduledStartTime": "2026-01-02T03:04:05Z"});
    let upcoming = live("upcoming", times.clone()).unwrap();
    assert_eq!(upcoming.status, LiveStatus::Pending);
    assert!(upcoming.start.is_some());
    assert_eq!(
        live("live", times.clone()).unwrap().status,
        LiveStatus::Live
    );
    assert_eq!(live("none", times).unwrap().status, LiveStatus::Ended);
    assert_eq!(live("none", Value::Null), None);
}

#[test]
fn a_channel_and_a_playlist_become_a_program() {
    let channel = json!({"id": "UC1234567890123456789012", "snippet": {"title": "Quay TV",
        "description": "On the water", "defaultLanguage": "en"}});
    let (fields, _) = program(
        &element(&json!({"channel": channel})),
        &FeedContext::default(),
    );
    let en = Lang::from("en");
    assert_eq!(fields.title.get(&en), Some("Quay TV"));
    assert_eq!(fields.medium, Medium::Video);
    assert!(
        fields
            .feed_url
            .unwrap()
            .ends_with("channel_id=UC1234567890123456789012")
    );
    let playlist = json!({"id": "PL1", "snippet": {"title": "Ferries", "channelTitle": "Quay TV"}});
    let both = json!({"channel": channel, "playlist": playlist});
    let (fields, _) = program(&element(&both), &FeedContext::default());
    assert!(fields.title.0.values().any(|title| title == "Ferries"));
    assert!(fields.feed_url.unwrap().ends_with("playlist_id=PL1"));
    let (nothing, _) = program(&Element::default(), &FeedContext::default());
    assert!(nothing.title.is_empty());
}
