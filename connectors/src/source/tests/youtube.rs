//! Channels and playlists by the YouTube Data API, played by a server on loopback.

use std::sync::atomic::AtomicUsize;

use mediamesh_domain::command::CommandBody;
use mediamesh_domain::ingest::{RawFormat, normalise};
use mediamesh_domain::model::SourceFormat;
use serde_json::{Value, json};

use super::*;

const KEY: &str = "AIzaSecretKey";

/// A list of videos, the newest first, in pages of 50; `odd` is deleted.
fn answer(head: &str, videos: usize, views: usize) -> String {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let url = url::Url::parse(&format!("http://h{path}")).unwrap();
    let query = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v.into_owned())
    };
    if query("key").as_deref() != Some(&KEY.to_lowercase()) {
        let refusal = json!({"error": {"errors": [{"reason": "keyInvalid"}]}});
        return server::answer("400 Bad", &[], &refusal.to_string());
    }
    let body = match url.path() {
        "/v3/channels" => json!({"items": [{"id": "UCq", "etag": "x",
            "snippet": {"title": "Quay TV", "description": "Water", "defaultLanguage": "en"},
            "contentDetails": {"relatedPlaylists": {"uploads": "uuq"}}}]}),
        "/v3/playlists" => json!({"items": [{"id": "plq", "snippet": {"title": "Ferries"}}]}),
        "/v3/playlistitems" => {
            let etag = format!("\"{videos}\"");
            if head.contains(&format!("if-none-match: {etag}")) {
                return server::answer("304 Not Modified", &[], "");
            }
            let from: usize = query("pagetoken").map_or(0, |token| token.parse().unwrap());
            let to = videos.min(from + 50);
            let items: Vec<Value> = (from..to)
                .map(|n| {
                    json!({
                "contentDetails": {"videoId": format!("v{}", videos - n)},
                "status": {"privacyStatus": if videos - n == 3 { "private" } else { "public" }}})
                })
                .collect();
            let mut body = json!({"items": items});
            if to < videos {
                body["nextPageToken"] = json!(to.to_string());
            }
            return server::ok(&[&format!("etag: {etag}")], &body.to_string());
        }
        "/v3/videos" => {
            let ids = query("id").unwrap();
            assert!(ids.split(',').count() <= 50, "{ids}");
            let gone = |id: &&str| *id != "v4";
            let items: Vec<Value> = ids.split(',').filter(gone).map(|id| json!({
                "id": id, "etag": views, "snippet": {"title": format!("Video {id}"),
                    "publishedAt": "2026-01-02T03:04:05Z", "description": "One\n\nTwo", "categoryId": "10"},
                "contentDetails": {"duration": "PT2M"}, "statistics": {"viewCount": views.to_string()}})).collect();
            json!({"items": items})
        }
        other => panic!("asked for {other}"),
    };
    server::ok(&[], &body.to_string())
}

fn world(server: &Server, daily_units: u64, url: &str) -> World {
    let mut world = World::new(&[server]);
    let api = YouTubeApi {
        base: server.url("/v3"),
        daily_units,
    };
    world.ingest = world
        .ingest
        .with_youtube(api)
        .with_credentials(Arc::new(|name: &str| {
            (name == "tube").then(|| Credential::query("key", &KEY.to_lowercase()))
        }));
    let fields = &mut world.job.source.fields;
    url.clone_into(&mut fields.url);
    fields.format = SourceFormat::Youtube;
    fields.secret_name = Some("tube".to_owned());
    world
}

const CHANNEL: &str = "https://www.youtube.com/@quay";

#[tokio::test]
async fn a_channel_is_read_in_pages_of_fifty_and_then_costs_a_unit() {
    let (videos, views) = (
        Arc::new(AtomicUsize::new(120)),
        Arc::new(AtomicUsize::new(1)),
    );
    let (count, seen) = (Arc::clone(&videos), Arc::clone(&views));
    let server = Server::answering(move |head| {
        answer(
            head,
            count.load(Ordering::SeqCst),
            seen.load(Ordering::SeqCst),
        )
    })
    .await;
    let world = world(&server, 100, CHANNEL);
    let report = world.run().await;
    // v3 is private, v4 deleted.
    assert_eq!(
        (report.pages, report.entries_seen, report.appended),
        (3, 118, 118)
    );
    assert_eq!(report.format, Some(RawFormat::YoutubeApi));
    let topic = "https://www.youtube.com/xml/feeds/videos.xml?channel_id=UCq";
    let hub = |report: &RunReport| report.hub.as_ref().map(|(_, topic)| topic.clone());
    assert_eq!(hub(&report).as_deref(), Some(topic));
    let quota = report.quota.unwrap();
    assert_eq!(
        (quota.used, quota.left),
        (7, Some(93)),
        "channel, and two a page"
    );
    let entries = world.appended();
    assert_eq!(entries.len(), 119);
    assert_eq!(
        entries[1].feed, entries[118].feed,
        "later pages are of the same program"
    );
    let shown = serde_json::to_string(&entries).unwrap();
    assert!(!shown.to_lowercase().contains(&KEY.to_lowercase()));
    let command = normalise(&entries[1], &world.job.source.fields).unwrap();
    let CommandBody::ImportEpisode(import) = command.body else {
        panic!("no episode: {command:?}");
    };
    assert_eq!(import.fields.guid.as_deref(), Some("yt:video:v120"));
    assert_eq!(import.fields.duration_s, Some(120));
    let program = normalise(&entries[0], &world.job.source.fields).unwrap();
    assert!(matches!(program.body, CommandBody::ImportProgram(_)));

    let again = world.run().await;
    assert!(again.not_modified && again.conditional);
    assert_eq!(hub(&again).as_deref(), Some(topic));
    assert_eq!(again.quota.map(|quota| quota.used), Some(1));

    videos.store(121, Ordering::SeqCst);
    views.store(99, Ordering::SeqCst);
    let more = world.run().await;
    assert_eq!(
        (more.appended, more.pages),
        (1, 1 + 1),
        "views alone are no change"
    );
    assert!(server.paths().iter().all(|path| !path.contains("search")));
}

#[tokio::test]
async fn a_run_stops_before_the_quota_is_exceeded_and_the_next_day_goes_on() {
    let server = Server::answering(|head| answer(head, 120, 1)).await;
    let world = world(&server, 5, "https://www.youtube.com/playlist?list=plq");
    let report = world.run().await;
    assert_eq!((report.pages, report.entries_seen), (2, 100));
    assert!(
        report.page_failed.unwrap().contains("quota"),
        "the rest is told"
    );
    assert_eq!(
        report.quota.map(|quota| (quota.used, quota.left)),
        Some((5, Some(0)))
    );
    let asked = server.paths().len();
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), server.paths().len()),
        ("youtube.quota", asked)
    );
    assert!(error.retry_after().is_some());
    let kept = world.objects.all().concat().to_lowercase();
    assert!(!kept.contains(&KEY.to_lowercase()), "{kept}");
}

#[tokio::test]
async fn what_youtube_refuses_is_told_in_its_word() {
    for (reason, status, code) in [
        ("quotaExceeded", "403 Forbidden", "youtube.quota"),
        ("accessNotConfigured", "403 Forbidden", "youtube.refused"),
        ("keyInvalid", "400 Bad Request", "youtube.refused"),
        ("channelNotFound", "404 Not Found", "youtube.not_found"),
    ] {
        let body = json!({"error": {"errors": [{"reason": reason}], "message": "no"}}).to_string();
        let server = Server::answering(move |_| server::answer(status, &[], &body)).await;
        let world = world(&server, 100, CHANNEL);
        let error = world
            .ingest
            .run(&world.job, Input::Fetch)
            .await
            .unwrap_err();
        assert_eq!(error.code(), code, "{reason}");
        assert!(!error.to_string().contains(&KEY.to_lowercase()));
    }
    let server = Server::answering(|_| server::ok(&[], "{\"items\": []}")).await;
    let world = world(&server, 100, CHANNEL);
    let error = world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "youtube.not_found");
}
