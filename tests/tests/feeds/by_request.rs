//! What operators do to sources and programs by the write API alone.

use super::documents::rss;
use super::player::Answer;
use super::scene::Scene;
use mediamesh_domain::id::SourceId;
use mediamesh_tests::deployment::On;
use serde_json::json;

mediamesh_tests::on_both!(
    a_list_of_feeds_is_taken_in_and_its_programs_are_merged_and_parted,
    an_api_of_its_own_is_tried_with_its_mapping_and_rules_before_it_is_a_source,
);

async fn a_list_of_feeds_is_taken_in_and_its_programs_are_merged_and_parted(on: On) {
    let scene = Scene::open(on).await;
    for (path, title, guids) in [
        ("/one", "Harbour", ["a", "b"]),
        ("/two", "Harbour Old", ["c", "d"]),
    ] {
        let feed = Answer::ok("application/rss+xml", rss(title, &guids, ""));
        scene.player.put(path, feed);
    }
    let (one, two) = (scene.player.url("/one"), scene.player.url("/two"));
    let list = format!(
        r#"<opml version="2.0"><head><title>Mine</title></head><body>
        <outline text="Harbour" xmlUrl="{one}"/>
        <outline text="Old"><outline text="Harbour Old" xmlUrl="{two}"/></outline>
        <outline text="Mail" xmlUrl="mailto:a@b.example"/></body></opml>"#
    );
    let import = "/api/v1/sources/import?policy=publish";
    let (status, said) = scene.post(import, "text/x-opml", list.clone()).await;
    assert_eq!(
        (status, &said["new"], &said["refused"]),
        (200, &json!(2), &json!(1)),
        "{said:#}"
    );
    assert_eq!(said["title"], "Mine");
    assert_eq!(said["outlines"][2]["line"], 4);
    let (_, again) = scene.post(import, "text/x-opml", list).await;
    assert_eq!((&again["new"], &again["there"]), (&json!(0), &json!(2)));
    for url in [&one, &two] {
        scene.poll(SourceId::of_address(url)).await.unwrap();
    }

    let (into, from) = (
        scene.program("Harbour").await,
        scene.program("Harbour Old").await,
    );
    let merge = format!("/api/v1/programs/{from}/merge");
    let json = "application/json";
    let (status, merged) = scene
        .post(&merge, json, json!({ "into": into }).to_string())
        .await;
    assert_eq!(
        (status, &merged["episodes"]),
        (200, &json!(2)),
        "{merged:#}"
    );
    scene.settle().await;
    assert_eq!(scene.titles("Harbour").await, ["a", "b", "c", "d"]);
    // What comes in by the sources meanwhile goes home with them.
    let longer = Answer::ok(
        "application/rss+xml",
        rss("Harbour Old", &["c", "d", "e"], ""),
    );
    scene.player.put("/two", longer);
    scene.poll(SourceId::of_address(&two)).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.titles("Harbour").await, ["a", "b", "c", "d", "e"]);
    let unmerge = format!("/api/v1/programs/{from}/unmerge");
    let (status, parted) = scene.post(&unmerge, json, "{}".to_owned()).await;
    assert_eq!(
        (status, &parted["episodes"]),
        (200, &json!(3)),
        "{parted:#}"
    );
    scene.settle().await;
    assert_eq!(scene.titles("Harbour").await, ["a", "b"]);
    assert_eq!(scene.titles("Harbour Old").await, ["c", "d", "e"]);
    scene.close().await;
}

async fn an_api_of_its_own_is_tried_with_its_mapping_and_rules_before_it_is_a_source(on: On) {
    let scene = Scene::open(on).await;
    let document = json!({"shows": [
        {"key": "1", "name": "One", "day": "2026-06-01", "season": 1},
        {"key": "2", "name": "Two", "day": "yesterday or so", "season": 2},
    ]});
    let answer = Answer::ok("application/json", document.to_string());
    scene.player.put("/shows", answer);
    let mapping = json!({"entries": "/shows", "fields": {
        "guid": "/key", "title": "/name", "published_at": "/day", "season": "/season",
    }});
    let other = "01900000-0000-7000-8000-000000000009";
    let said = json!({
        "url": scene.player.url("/shows"), "format": "json", "mapping": mapping.to_string(),
        "rules": [{"when": {"season": 2}, "then": {"program_id": other}}],
    });
    let (status, trial) = scene
        .post("/api/v1/sources/test", "application/json", said.to_string())
        .await;
    assert_eq!((status, &trial["known"]), (200, &json!(false)), "{trial:#}");
    assert_eq!(
        (&trial["format"], &trial["seen"]["pages"]),
        (&json!("json"), &json!(1))
    );
    let entries = trial["entries"].as_array().unwrap();
    let entry = |index: i64| entries.iter().find(|one| one["index"] == index).unwrap();
    assert_eq!(entry(0)["title"], "One");
    let repairs = entry(1)["repairs"].as_array().unwrap();
    let unread = repairs
        .iter()
        .find(|repair| repair["code"] == "date_unreadable");
    assert_eq!(unread.unwrap()["pointer"], "/published_at");
    assert_eq!(entry(1)["program_id"], other);
    assert_ne!(entry(0)["program_id"], other);
    let sources = scene.desk("/api/v1/desk/sources").await;
    assert_eq!(sources["data"], json!([]), "nothing is made");
    scene.close().await;
}
