//! One item: languages, slugs, tags, availability, and what is not there.

use super::scene::{START, Scene, ask, episode, program, texts};
use http::StatusCode;
use mediamesh_domain::item::slug_of;
use mediamesh_domain::model::{Availability, Fallback, ProgramFields};
use std::sync::atomic::Ordering;

const BOTH: [(&str, &str); 2] = [("ar", "قهوة الصباح"), ("en", "Morning coffee")];

#[tokio::test]
async fn an_item_by_id_is_the_bytes_of_its_row_in_one_look_up() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let answer = scene.get(&format!("/api/v1/programs/{id}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(scene.rows.gets.load(Ordering::SeqCst), 1);
    let stored = scene.rows.rows.lock().unwrap();
    assert!(stored.values().any(|row| row.body == answer.body));
    let json = answer.json();
    assert_eq!(
        (json["lang"].as_str(), json["dir"].as_str()),
        (Some("ar"), Some("rtl"))
    );
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-language"), "ar");
    assert_eq!(answer.header("vary"), "Accept-Language");
    assert_eq!(answer.header("cache-control"), "public, no-cache");
    assert_eq!(answer.header("etag"), "\"2.2\"");
    assert!(!answer.header("position").is_empty());
}

#[tokio::test]
async fn a_reader_gets_the_language_asked_for_by_name_or_by_browser() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let path = format!("/api/v1/programs/{id}");
    let named = scene.get(&format!("{path}?lang=en")).await;
    assert_eq!(named.json()["title"], "Morning coffee");
    assert_eq!(named.json()["dir"], "ltr");
    assert_eq!(named.header("content-language"), "en");
    let browser = scene
        .get_with(&path, &[("accept-language", "en-GB,en;q=0.9")])
        .await;
    assert_eq!(browser.json()["title"], "Morning coffee");
    let own = scene.get_with(&path, &[("accept-language", "fr")]).await;
    assert_eq!(own.json()["title"], "قهوة الصباح");
    assert_ne!(
        named.header("etag"),
        own.header("etag"),
        "one address, two texts, two tags"
    );
}

#[tokio::test]
async fn a_language_that_is_not_published_is_not_there_where_the_program_is_strict() {
    let scene = Scene::new();
    let strict = ProgramFields {
        fallback: Fallback::Strict,
        ..program(&BOTH)
    };
    let strict = scene.program(strict, true);
    let lenient = scene.program(program(&BOTH), true);
    let part = scene.episode(strict, episode(&[("ar", "الحلقة")], 1), true);
    let missing = scene
        .get(&format!("/api/v1/programs/{strict}?lang=fr"))
        .await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (StatusCode::NOT_FOUND, "language_not_published")
    );
    let missing = scene.get(&format!("/api/v1/episodes/{part}?lang=en")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let own = scene
        .get(&format!("/api/v1/programs/{lenient}?lang=fr"))
        .await;
    assert_eq!(own.header("content-language"), "ar");
    let unasked = [("accept-language", "fr")];
    let own = scene
        .get_with(&format!("/api/v1/programs/{strict}"), &unasked)
        .await;
    assert_eq!(
        own.status,
        StatusCode::OK,
        "what a browser sends unasked hides nothing"
    );
}

#[tokio::test]
async fn a_slug_leads_to_its_item_and_an_old_one_to_todays() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let part = scene.episode(id, episode(&[("en", "First, part")], 1), true);
    let slug = scene.get(&format!("/api/v1/episodes/{part}")).await.json()["slug"].clone();
    let found = scene
        .get(&format!("/api/v1/episodes/{}", slug.as_str().unwrap()))
        .await;
    assert_eq!(found.json()["id"], part.to_string());
    let old = slug_of("Another title", part.0);
    let moved = scene.get(&format!("/api/v1/episodes/{old}?lang=en")).await;
    assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY);
    let today = format!("/api/v1/episodes/{}?lang=en", slug.as_str().unwrap());
    assert_eq!(moved.header("location"), today);
    assert_eq!(scene.get(&today).await.status, StatusCode::OK);
    let arabic = scene
        .get(&format!("/api/v1/programs/{}", slug_of("old", id.0)))
        .await;
    let location = arabic.header("location").to_owned();
    assert!(
        location.is_ascii() && location.contains("%D9%82"),
        "{location}"
    );
    assert_eq!(scene.get(&location).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tag_that_the_caller_has_is_answered_without_a_body() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let path = format!("/api/v1/programs/{id}");
    let first = scene.get(&path).await;
    let tag = first.header("etag");
    for condition in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let again = scene
            .get_with(&path, &[("if-none-match", &condition)])
            .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{condition}");
        assert!(again.body.is_empty());
        for name in ["etag", "cache-control", "vary"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
    }
    scene.patch_program(id, r#"{"author": "Somebody"}"#);
    let changed = scene.get_with(&path, &[("if-none-match", tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn a_head_request_answers_as_a_get_without_its_body() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    for path in [
        format!("/api/v1/programs/{id}"),
        "/api/v1/programs".to_owned(),
    ] {
        let get = scene.get(&path).await;
        let head = ask(scene.public(), "HEAD", &path, &[]).await;
        assert_eq!(head.status, get.status);
        assert!(head.body.is_empty());
        for name in ["etag", "content-type", "cache-control", "vary", "position"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
        assert_eq!(head.header("content-length"), get.body.len().to_string());
    }
}

#[tokio::test]
async fn an_item_is_there_within_its_time_only() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let mut fields = episode(&[("en", "For a day")], 0);
    fields.availability = Availability {
        from: Some(START.plus_seconds(1_000)),
        until: Some(START.plus_seconds(2_000)),
        ..Availability::default()
    };
    let part = scene.episode(id, fields, true);
    let path = format!("/api/v1/episodes/{part}");
    let list = format!("/api/v1/programs/{id}/episodes");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let listed = scene.get(&list).await.titles().len();
        let found = scene.get("/api/v1/search?q=day").await.titles().len();
        seen.push((scene.get(&path).await.status.as_u16(), listed, found));
        scene.pass(1_000);
    }
    assert_eq!(seen, [(404, 0, 0), (200, 1, 1), (404, 0, 0)]);
}

#[tokio::test]
async fn a_program_that_is_not_there_yet_has_no_list_of_episodes() {
    let scene = Scene::new();
    let mut fields = program(&BOTH);
    fields.availability.from = Some(START.plus_seconds(1_000));
    let id = scene.program(fields, true);
    let list = format!("/api/v1/programs/{id}/episodes");
    assert_eq!(scene.get(&list).await.status, StatusCode::NOT_FOUND);
    scene.pass(1_000);
    assert_eq!(scene.get(&list).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_of_a_draft_is_public() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let draft_program = scene.program(program(&[("en", "Secret program")]), false);
    let draft = scene.episode(id, episode(&[("en", "Secret episode")], 1), false);
    let gone = scene.episode(id, episode(&[("en", "Secret and gone")], 2), true);
    scene.unpublish(id, gone);
    let edited = scene.episode(id, episode(&[("en", "Known")], 3), true);
    scene.patch(id, edited, r#"{"title": {"en": "Secret edit"}}"#, false);
    let paths = [
        format!("/api/v1/programs/{draft_program}"),
        format!("/api/v1/programs/{draft_program}/episodes"),
        format!(
            "/api/v1/programs/{}",
            slug_of("Secret program", draft_program.0)
        ),
        format!("/api/v1/episodes/{draft}"),
        format!("/api/v1/episodes/{}", slug_of("Secret episode", draft.0)),
        format!("/api/v1/episodes/{gone}"),
        format!("/api/v1/programs/{draft}"),
        format!("/api/v1/desk/programs/{draft_program}"),
    ];
    for path in paths {
        let answer = scene.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let paths = [
        "/api/v1/programs".to_owned(),
        format!("/api/v1/programs/{id}/episodes"),
        format!("/api/v1/episodes/{edited}"),
        "/api/v1/search?facets=kind,lang,category,tag".to_owned(),
        "/api/v1/search?q=secret".to_owned(),
    ];
    for path in paths {
        let answer = scene.get(&path).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{path}: {text}");
        assert!(!text.contains("Secret"), "{path}: {text}");
    }
}

#[tokio::test]
async fn an_archived_episode_is_read_by_id_but_neither_listed_nor_found() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let part = scene.episode(id, episode(&[("en", "Old part")], 1), true);
    scene.archive(id, part);
    let answer = scene.get(&format!("/api/v1/episodes/{part}")).await;
    assert_eq!(answer.json()["status"], "archived");
    assert!(
        scene
            .get(&format!("/api/v1/programs/{id}/episodes"))
            .await
            .titles()
            .is_empty()
    );
    assert!(scene.get("/api/v1/search?q=old").await.titles().is_empty());
}

#[tokio::test]
async fn a_renamed_program_changes_the_tags_of_its_episodes() {
    let scene = Scene::new();
    let id = scene.program(program(&BOTH), true);
    let part = scene.episode(id, episode(&[("ar", "الحلقة")], 1), true);
    let path = format!("/api/v1/episodes/{part}");
    let before = scene.get(&path).await;
    let patch = serde_json::json!({ "title": texts(&[("ar", "شاي المساء")]) });
    scene.patch_program(id, &patch.to_string());
    let after = scene
        .get_with(&path, &[("if-none-match", before.header("etag"))])
        .await;
    assert_eq!(after.status, StatusCode::OK);
    assert_eq!(after.json()["program"]["title"], "شاي المساء");
}
