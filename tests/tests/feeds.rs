//! Every format, failure and move, from a server on loopback through a whole instance to readers and the desk.

mod by_request;
mod documents;
mod player;
mod scene;
mod versions;

use documents::{FORMATS, gzip_bomb, rss};
use mediamesh_domain::model::{SourceFields, SourceFormat};
use mediamesh_ports::control::Control as _;
use mediamesh_tests::deployment::On;
use player::Answer;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use scene::Scene;
use serde_json::{Value, json};

mediamesh_tests::on_both!(
    every_format_comes_out_where_readers_look,
    a_channel_is_read_by_youtubes_api_and_its_quota_is_told,
    no_failure_takes_anything_away_and_each_says_what_to_do,
    a_source_goes_where_its_feed_went_and_nowhere_else,
    what_is_pushed_over_http_comes_out_once_however_often_it_is_sent,
);

async fn every_format_comes_out_where_readers_look(on: On) {
    let scene = Scene::open(on).await;
    for format in FORMATS {
        let path = format!("/{}", format.name);
        let answer = Answer::ok(format.content_type, format.body);
        scene.player.put(&path, answer);
        let said = SourceFields {
            format: format.read_as,
            mapping: format.mapping.map(str::to_owned),
            ..SourceFields::default()
        };
        let source = scene.source(format.name, &path, said).await;
        let report = scene.poll(source).await;
        let report = report.unwrap_or_else(|error| panic!("{}: {error}", format.name));
        assert_eq!(
            report.entries_seen,
            format.episodes.len() as u64,
            "{}",
            format.name
        );
        let drafts = scene.drafts(format.program).await;
        assert_eq!(drafts, format.episodes, "{}", format.name);
        let shown = if format.plays { format.episodes } else { &[] };
        assert_eq!(scene.titles(format.program).await, shown, "{}", format.name);
        let health = scene.healthy(source).await;
        assert!(
            health["last_error"].is_null(),
            "{}: {health:#}",
            format.name
        );
    }
    table(&scene).await;
    scene.close().await;
}

async fn table(scene: &Scene) {
    let answer = Answer::ok("text/csv", documents::TABLE);
    scene.player.put("/table", answer);
    let said = SourceFields {
        format: SourceFormat::Json,
        program_id: Some(scene.program("Quay Mapped").await),
        ..SourceFields::default()
    };
    let source = scene.source("table", "/table", said).await;
    assert_eq!(scene.poll(source).await.unwrap().entries_seen, 2);
    let both = ["One mapped", "One; of the table", "Two of the table"];
    assert_eq!(scene.drafts("Quay Mapped").await, both);
}

async fn a_channel_is_read_by_youtubes_api_and_its_quota_is_told(on: On) {
    let scene = Scene::open(on).await;
    for (path, body) in [
        ("/youtube/channels", documents::CHANNELS),
        ("/youtube/playlistItems", documents::PLAYLIST_ITEMS),
        ("/youtube/videos", documents::VIDEOS),
    ] {
        scene.player.put(path, Answer::ok("application/json", body));
    }
    let said = SourceFields {
        url: "https://www.youtube.com/@quay".to_owned(),
        format: SourceFormat::Youtube,
        secret_name: Some("tube".to_owned()),
        ..SourceFields::default()
    };
    let source = scene.source("tube", "", said).await;
    scene.poll(source).await.unwrap();
    assert_eq!(scene.titles("Quay TV").await, ["Ferry one", "Ferry two"]);
    let health = scene.healthy(source).await;
    assert_eq!(health["quota"]["used"], 3, "{health:#}");
    scene.close().await;
}

async fn no_failure_takes_anything_away_and_each_says_what_to_do(on: On) {
    let scene = Scene::open(on).await;
    let feed = |guids: &[&str]| Answer::ok("application/rss+xml", rss("Constant", guids, ""));
    scene.player.put("/feed", feed(&["a", "b", "c"]));
    let source = scene
        .source("constant", "/feed", SourceFields::default())
        .await;
    scene.poll(source).await.unwrap();
    let whole = scene.titles("Constant").await;
    assert_eq!(whole, ["a", "b", "c"]);

    let text = |content_type: &str, body: &str| Answer::ok(content_type, body);
    let cut = rss("Constant", &["a"], "").replace("</channel></rss>", "");
    let locked = "<podcast:locked xmlns:podcast=\"https://podcastindex.org/namespace/1.0\">yes</podcast:locked>";
    let failures = [
        ("egress.status", Answer::status(404)),
        ("egress.status", Answer::status(410)),
        (
            "egress.status",
            Answer::status(429).header("retry-after", "120"),
        ),
        ("egress.status", Answer::status(500)),
        ("feed.truncated", text("application/rss+xml", &cut)),
        (
            "feed.unsupported",
            text(
                "text/html",
                "<!doctype html><html><body>Gone fishing</body></html>",
            ),
        ),
        (
            "feed.doctype",
            text(
                "application/rss+xml",
                "<!DOCTYPE rss [<!ENTITY a \"b\">]><rss/>",
            ),
        ),
        ("feed.empty", text("application/rss+xml", "")),
        (
            "egress.too_large",
            Answer::ok("application/rss+xml", gzip_bomb()).header("content-encoding", "gzip"),
        ),
        (
            "ingest.locked",
            text("application/rss+xml", &rss("Constant", &["a"], locked)),
        ),
    ];
    for ((code, answer), failed) in failures.into_iter().zip(1..) {
        scene.player.put("/feed", answer);
        let polled = scene.poll(source).await;
        assert!(polled.is_err(), "{code}");
        let health = scene
            .health(source, code, |health| health["failures"] == failed)
            .await;
        assert_eq!(health["state"], "failing", "{health:#}");
        assert_eq!(health["last_error"]["code"], code, "{health:#}");
        assert!(health["last_error"]["advice"].is_string(), "{health:#}");
        assert_eq!(scene.titles("Constant").await, whole, "{code}");
    }

    // Most of it is gone at once: that is told, and nothing is taken away.
    scene.player.put("/feed", feed(&["c"]));
    let report = scene.poll(source).await.unwrap();
    assert_eq!(report.entries_missing, 2);
    assert_eq!(scene.titles("Constant").await, whole);
    scene.healthy(source).await;
    scene.close().await;
}

async fn a_source_goes_where_its_feed_went_and_nowhere_else(on: On) {
    let scene = Scene::open(on).await;
    let feed = |program: &str, more: &str| {
        Answer::ok("application/rss+xml", rss(program, &["a", "b"], more))
    };
    let announced = |to: &str| {
        let to = scene.player.url(to);
        format!(
            "<itunes:new-feed-url xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">{to}</itunes:new-feed-url>"
        )
    };
    scene.player.put("/there", feed("There", ""));
    scene.player.put(
        "/other",
        Answer::ok("application/rss+xml", rss("Another", &["x", "y"], "")),
    );
    let moves = [
        (
            "permanent",
            Answer::status(301).header("location", "/there-permanent"),
            true,
        ),
        (
            "kept",
            Answer::status(308).header("location", "/there-kept"),
            true,
        ),
        (
            "announced",
            feed("announced", &announced("/there-announced")),
            true,
        ),
        (
            "temporary",
            Answer::status(302).header("location", "/there-temporary"),
            false,
        ),
        ("elsewhere", feed("elsewhere", &announced("/other")), false),
        (
            "circle",
            Answer::status(301).header("location", "/circle"),
            false,
        ),
    ];
    for (name, answer, follows) in moves {
        let (from, to) = (format!("/{name}"), format!("/there-{name}"));
        scene.player.put(&from, feed(name, ""));
        scene.player.put(&to, feed(name, ""));
        let source = scene.source(name, &from, SourceFields::default()).await;
        scene.poll(source).await.unwrap();
        scene.player.put(&from, answer);
        let polled = scene.poll(source).await;
        assert_eq!(polled.is_err(), name == "circle", "{name}: {polled:?}");
        let address = || {
            let control = scene.served.instance.control.current();
            control.sources[&source].fields.url.clone()
        };
        if follows {
            let wanted = scene.player.url(&to);
            scene.until(name, async || address() == wanted).await;
            let report = scene.poll(source).await.unwrap();
            assert_eq!(
                (report.entries_seen, report.entries_missing),
                (2, 0),
                "{name}"
            );
        } else {
            assert_eq!(address(), scene.player.url(&from), "{name}");
        }
        assert_eq!(scene.titles(name).await, ["a", "b"], "{name}");
    }
    scene.close().await;
}

async fn what_is_pushed_over_http_comes_out_once_however_often_it_is_sent(on: On) {
    let scene = Scene::open(on).await;
    let said = SourceFields {
        format: SourceFormat::Push,
        ..SourceFields::default()
    };
    let source = scene.source("pushed", "", said).await;
    let element = |name: &str, text: &str| json!({"name": name, "text": text});
    let line = |of: &str, name: &str, title: &str| {
        let children = [
            element("title", title),
            element("guid", title),
            element("language", "en"),
        ];
        json!({"format": "rss", of: {"name": name, "children": children}}).to_string()
    };
    let body = [
        line("program", "channel", "Pushed"),
        line("entry", "item", "one"),
        "{\"format\": \"rss\"".to_owned(),
        line("entry", "item", "two"),
    ]
    .join("\n");
    let mut answers: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let url = format!("http://{}/api/v1/ingest/{source}", scene.write);
        let sent = scene.http.post(url).body(body.clone());
        let sent = sent
            .header(AUTHORIZATION, format!("Bearer {}", scene.key))
            .header(CONTENT_TYPE, "application/x-ndjson")
            .header("idempotency-key", "once");
        let answer = sent.send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        answers.push(answer.json().await.unwrap());
        scene.settle().await;
    }
    assert_eq!(answers[0]["run_id"], answers[1]["run_id"], "{answers:#?}");
    assert_eq!(scene.drafts("Pushed").await, ["one", "two"]);
    scene.close().await;
}
