//! The desk: who is let in, and drafts as editors see them.

use super::scene::{Scene, ask, episode, key, program};
use http::StatusCode;
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::ControlEvent;
use mediamesh_domain::control::{ControlFact, SourceState};
use mediamesh_domain::id::{CommandId, EventId, SourceId};
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::{Seq, Version};
use mediamesh_edge::keys;
use uuid::Uuid;

#[tokio::test]
async fn no_route_of_the_desk_answers_without_a_key_that_may_read_drafts() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), false);
    let writer = keys::generate([5; 8], [6; 32]);
    let mut control = (*scene.desk.0.lock().unwrap().clone()).clone();
    control
        .api_keys
        .insert(writer.prefix.clone(), key(&writer, &["content:write"]));
    *scene.desk.0.lock().unwrap() = control.into();
    let api = super::description::paths(crate::desk_routes);
    assert!(api.len() >= 11);
    for path in api {
        let path = super::description::filled(&path, &id.to_string());
        let none = ask(scene.desk(), "GET", &path, &[]).await;
        assert_eq!(none.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(none.header("www-authenticate").starts_with("Bearer"));
        let wrong = format!("{}x", scene.key);
        let wrong = ask(scene.desk(), "GET", &path, &[("x-api-key", &wrong)]).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{path}");
        let other = ask(scene.desk(), "GET", &path, &[("x-api-key", &writer.key)]).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn an_editor_reads_all_languages_of_a_draft_under_its_version() {
    let scene = Scene::new();
    let id = scene.program(program(&[("ar", "قهوة"), ("en", "Coffee")]), false);
    let part = scene.episode(id, episode(&[("en", "Part")], 1), true);
    scene.patch(id, part, r#"{"title": {"en": "Corrected"}}"#, false);
    let answer = scene.desk_get(&format!("/api/v1/desk/programs/{id}")).await;
    assert_eq!(answer.json()["fields"]["title"]["ar"], "قهوة");
    assert_eq!(answer.json()["facts"]["status"], "draft");
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let path = format!("/api/v1/desk/episodes/{part}");
    let answer = scene.desk_get(&path).await;
    assert_eq!(answer.json()["fields"]["title"]["en"], "Corrected");
    assert_eq!(answer.json()["facts"]["unpublished_changes"], true);
    let tag = answer.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", answer.json()["facts"]["version"]));
    let again = scene.desk_get_with(&path, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let missing = scene.desk_get(&format!("/api/v1/desk/episodes/{id}")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_desk_lists_whatever_state_things_are_in() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Draft")]), false);
    scene.program(program(&[("ar", "منشور"), ("en", "Published")]), true);
    scene.episode(id, episode(&[("en", "Part 1")], 1), false);
    scene.episode(id, episode(&[("en", "Part 2")], 2), false);
    let programs = scene.desk_get("/api/v1/desk/programs?lang=en").await;
    assert_eq!(programs.titles(), ["Published", "Draft"]);
    let path = format!("/api/v1/desk/programs/{id}/episodes?limit=1");
    let first = scene.desk_get(&path).await;
    assert_eq!(first.titles(), ["Part 2"]);
    let second = scene.desk_get(&first.next().unwrap()).await;
    assert_eq!(
        (second.titles(), second.next()),
        (vec!["Part 1".to_owned()], None)
    );
    assert_eq!(second.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_desk_lists_the_episodes_of_all_programs_in_one_order() {
    let scene = Scene::new();
    let one = scene.program(program(&[("en", "One")]), true);
    let two = scene.program(program(&[("ar", "اثنان")]), false);
    for day in [1, 4, 5] {
        scene.episode(
            one,
            episode(&[("en", &format!("One {day}"))], day),
            day == 4,
        );
    }
    let last = scene.episode(two, episode(&[("en", "Two 3"), ("ar", "اثنان 3")], 3), true);
    scene.episode(two, episode(&[("en", "Two 2")], 2), true);
    let path = "/api/v1/desk/episodes";
    let all = scene.desk_get(&format!("{path}?lang=en")).await;
    assert_eq!(all.titles(), ["One 5", "One 4", "Two 3", "Two 2", "One 1"]);
    let published = scene
        .desk_get(&format!("{path}?state=published&lang=en"))
        .await;
    assert_eq!(published.titles(), ["One 4", "Two 3", "Two 2"]);
    let (mut walked, mut next) = (
        Vec::new(),
        Some(format!("{path}?limit=2&sort=oldest&lang=en")),
    );
    while let Some(page) = next {
        let page = scene.desk_get(&page).await;
        walked.extend(page.titles());
        next = page.next();
    }
    assert_eq!(walked, ["One 1", "Two 2", "Two 3", "One 4", "One 5"]);
    // What changes its state changes its list, and stands in one of them alone.
    scene.archive(two, last);
    let archived = scene
        .desk_get(&format!("{path}?state=archived&lang=ar"))
        .await;
    assert_eq!(archived.titles(), ["اثنان 3"]);
    assert_eq!(scene.desk_get(path).await.titles().len(), 5);
    let cursor = scene
        .desk_get(&format!("{path}?limit=1"))
        .await
        .next()
        .unwrap();
    let other = cursor.replace("limit=1", "limit=1&state=draft");
    assert_eq!(scene.desk_get(&other).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn sources_come_by_name_with_their_versions() {
    let scene = Scene::new();
    let mut control = (*scene.desk.0.lock().unwrap().clone()).clone();
    for (n, name) in ["zebra", "arabic", "music"].into_iter().enumerate() {
        control.evolve(&made(name, n as i64 + 1));
    }
    *scene.desk.0.lock().unwrap() = control.into();
    let page = scene.desk_get("/api/v1/desk/sources?limit=2").await;
    let names = |answer: &super::scene::Answer| -> Vec<String> {
        let data = answer.json()["data"].as_array().unwrap().clone();
        data.iter()
            .map(|source| source["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&page), ["arabic", "music"]);
    assert_eq!(page.json()["meta"]["total"], 3);
    assert_eq!(
        names(&scene.desk_get(&page.next().unwrap()).await),
        ["zebra"]
    );
    let id = page.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let one = scene.desk_get(&format!("/api/v1/desk/sources/{id}")).await;
    assert_eq!(
        (one.json()["name"].as_str(), one.header("etag")),
        (Some("arabic"), "\"1\"")
    );
    let list = scene.desk_get("/api/v1/desk/sources.opml").await;
    assert_eq!(list.header("content-type"), "text/x-opml; charset=utf-8");
    assert!(String::from_utf8_lossy(&list.body).contains("xmlUrl=\"https://zebra.example/feed\""));
    let missing = scene
        .desk_get(&format!("/api/v1/desk/sources/{}", Uuid::nil()))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let ahead = [("if-position-at-least", "0.9")];
    let ahead = scene.desk_get_with("/api/v1/desk/sources", &ahead).await;
    assert_eq!(ahead.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(ahead.header("position"), "0.3");
}

fn made(name: &str, seq: i64) -> ControlEvent {
    let fields = SourceFields {
        name: name.to_owned(),
        url: format!("https://{name}.example/feed"),
        ..SourceFields::default()
    };
    ControlEvent {
        event_id: EventId(Uuid::from_u128(seq as u128)),
        seq: Seq(seq),
        version: Version(1),
        decided_at: super::scene::START,
        command_id: CommandId(Uuid::from_u128(seq as u128)),
        principal: Principal::system("test"),
        correlation_id: None,
        body: ControlFact::SourceCreated(SourceState {
            source_id: SourceId::of_address(&fields.url),
            fields,
        }),
    }
}
