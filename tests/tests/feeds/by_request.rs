//! What operators do to sources and programs by the write API alone.

use super::documents::rss;
use super::player::Answer;
use super::scene::Scene;
use mediamesh_domain::id::SourceId;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_feeds_is_taken_in_and_its_programs_are_merged_and_parted() {
    let scene = Scene::open().await;
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
    let unmerge = format!("/api/v1/programs/{from}/unmerge");
    let (status, parted) = scene.post(&unmerge, json, "{}".to_owned()).await;
    assert_eq!(
        (status, &parted["episodes"]),
        (200, &json!(2)),
        "{parted:#}"
    );
    scene.settle().await;
    assert_eq!(scene.titles("Harbour").await, ["a", "b"]);
    assert_eq!(scene.titles("Harbour Old").await, ["c", "d"]);
    scene.close().await;
}
