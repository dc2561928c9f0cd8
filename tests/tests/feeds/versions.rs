//! Versions of what is published, over HTTP: edited beside what is live, compared, chosen, brought back.

use super::documents::rss;
use super::player::Answer;
use super::scene::Scene;
use mediamesh_domain::model::SourceFields;
use mediamesh_tests::deployment::On;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

mediamesh_tests::on_both!(
    an_episode_is_edited_beside_what_is_live_compared_and_brought_back,
    a_programs_version_is_brought_back_as_a_draft,
);

/// A scene with a program of one episode, which a source published; the ids of both.
async fn on_air(on: On) -> (Scene, String, String) {
    let scene = Scene::open(on).await;
    let feed = Answer::ok("application/rss+xml", rss("Harbour", &["a"], ""));
    scene.player.put("/one", feed);
    let source = scene.source("one", "/one", SourceFields::default()).await;
    scene.poll(source).await.unwrap();
    let program = scene.program("Harbour").await.to_string();
    let list = format!("/api/v1/desk/programs/{program}/episodes");
    let episode = scene.desk(&list).await["data"][0]["id"].clone();
    let episode = episode.as_str().unwrap().to_owned();
    (scene, program, episode)
}

/// Asks the write API for something, and waits until it has gone through.
async fn ask(scene: &Scene, method: Method, path: &str, body: Value) -> (u16, Value) {
    let url = format!("http://{}/api/v1/{path}", scene.write);
    let request = scene.http.request(method, url).body(body.to_string());
    let request = request.header(AUTHORIZATION, format!("Bearer {}", scene.key));
    let request = request.header(CONTENT_TYPE, "application/json");
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let said = answer.json().await.unwrap();
    scene.settle().await;
    (status, said)
}

fn pointers(diff: &Value) -> Vec<&str> {
    let changes = diff["changes"].as_array().unwrap().iter();
    changes
        .map(|change| change["pointer"].as_str().unwrap())
        .collect()
}

async fn an_episode_is_edited_beside_what_is_live_compared_and_brought_back(on: On) {
    let (scene, _, id) = on_air(on).await;
    let live = format!("/api/v1/episodes/{id}");
    let desk = format!("/api/v1/desk/episodes/{id}");
    let change = json!({"title": {"en": "Wrong", "ar": "خطأ"}, "number": 7});
    let edit = format!("episodes/{id}?reason=a%20better%20title");
    let (status, said) = ask(&scene, Method::PATCH, &edit, change).await;
    assert_eq!((status, &said["version"]), (200, &json!(3)), "{said:#}");
    assert_eq!(
        scene.read(&live).await["title"],
        "a",
        "readers see no draft"
    );
    let version = scene.desk(&format!("{desk}/versions/3")).await;
    assert_eq!(version["reason"], "a better title");
    assert_eq!(version["by"]["kind"], "api_key");
    assert_eq!(version["fields"]["title"]["en"], "Wrong");

    let diff = scene.desk(&format!("{desk}/diff?from=2&to=3")).await;
    assert_eq!(pointers(&diff), ["/number", "/title/ar", "/title/en"]);
    let title = json!({"pointer": "/title/en", "from": "a", "to": "Wrong"});
    assert_eq!(diff["changes"][2], title);

    let publish = format!("episodes/{id}/publish");
    let (status, _) = ask(&scene, Method::POST, &publish, json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(scene.read(&live).await["title"], "Wrong");

    let restore = format!("episodes/{id}/restore");
    let old = json!({"to": 1, "reason": "the source was right", "publish": true});
    let (status, said) = ask(&scene, Method::POST, &restore, old.clone()).await;
    assert_eq!((status, &said["version"]), (200, &json!(6)), "{said:#}");
    assert_eq!(scene.read(&live).await["title"], "a", "it is live again");
    let history = scene.desk(&format!("{desk}/history")).await;
    let brought = &history["data"][1];
    assert_eq!(brought["event"], "episode_updated");
    assert_eq!(brought["restores"], 1);
    assert_eq!(brought["reason"], "the source was right");
    let same = scene.desk(&format!("{desk}/diff?from=1")).await;
    assert_eq!(same["changes"], json!([]));

    // Again, nothing is left to do; another version that there is not; one that was seen too long ago.
    let (status, said) = ask(&scene, Method::POST, &restore, old).await;
    assert_eq!((status, &said["version"]), (200, &json!(6)), "{said:#}");
    let (status, said) = ask(&scene, Method::POST, &restore, json!({"to": 99})).await;
    assert_eq!((status, &said["code"]), (404, &json!("no_such_version")));
    let late = json!({"to": 3, "version": 2});
    let (status, said) = ask(&scene, Method::POST, &restore, late).await;
    assert_eq!(status, 409, "{said:#}");
    let nobody = json!({"to": 3, "whom": 2});
    let (status, said) = ask(&scene, Method::POST, &restore, nobody).await;
    assert_eq!(status, 422, "{said:#}");
    scene.close().await;
}

async fn a_programs_version_is_brought_back_as_a_draft(on: On) {
    let (scene, id, _) = on_air(on).await;
    let live = format!("/api/v1/programs/{id}");
    let first = scene
        .desk(&format!("/api/v1/desk/programs/{id}/versions/1"))
        .await;
    let edit = format!("programs/{id}?publish=true");
    let change = json!({"title": {"en": "Quay"}, "tags": ["sea"], "author": "Ada"});
    let (status, _) = ask(&scene, Method::PATCH, &edit, change).await;
    assert_eq!(status, 200);
    let restore = format!("programs/{id}/restore");
    let (status, said) = ask(&scene, Method::POST, &restore, json!({"to": 1})).await;
    assert_eq!(status, 200, "{said:#}");
    assert_eq!(
        scene.read(&live).await["title"],
        "Quay",
        "what is live stays"
    );
    let newest = &said["version"];
    let draft = scene
        .desk(&format!("/api/v1/desk/programs/{id}/versions/{newest}"))
        .await;
    assert_eq!(draft["fields"], first["fields"]);
    assert_eq!(draft["restores"], 1);
    scene.close().await;
}
