//! Lists: order, cursors, languages, links.

use super::scene::{START, Scene, episode, program};
use http::StatusCode;
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::model::{EpisodeFields, Fallback, ProgramFields};
use std::sync::atomic::Ordering;

fn with_episodes(scene: &Scene, days: std::ops::Range<i64>) -> ProgramId {
    let id = scene.program(program(&[("en", "Program")]), true);
    for day in days {
        scene.episode(id, episode(&[("en", &format!("Part {day}"))], day), true);
    }
    id
}

/// All titles of a list from a page on.
async fn walk(scene: &Scene, mut path: String) -> Vec<String> {
    let mut titles = Vec::new();
    loop {
        let page = scene.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        titles.extend(page.titles());
        match page.next() {
            Some(next) => path = next,
            None => return titles,
        }
    }
}

#[tokio::test]
async fn a_list_comes_newest_first_in_pages_that_link_to_the_next() {
    let scene = Scene::new();
    let id = with_episodes(&scene, 1..6);
    let path = format!("/api/v1/programs/{id}/episodes?limit=2");
    let page = scene.get(&path).await;
    assert_eq!(page.titles(), ["Part 5", "Part 4"]);
    assert_eq!(page.json()["meta"]["limit"], 2);
    assert_eq!(page.json()["links"]["self"], path.as_str());
    let next = page.next().unwrap();
    assert_eq!(page.header("link"), format!("<{next}>; rel=\"next\""));
    assert_eq!(walk(&scene, path.clone()).await.len(), 5);
    let oldest = walk(&scene, format!("{path}&sort=oldest")).await;
    assert_eq!(oldest, ["Part 1", "Part 2", "Part 3", "Part 4", "Part 5"]);
}

#[tokio::test]
async fn a_last_page_that_is_full_links_to_nothing() {
    let scene = Scene::new();
    let id = with_episodes(&scene, 1..5);
    let page = scene
        .get(&format!("/api/v1/programs/{id}/episodes?limit=4"))
        .await;
    assert_eq!((page.titles().len(), page.next()), (4, None));
    assert!(!page.headers.contains_key("link"));
}

#[tokio::test]
async fn a_walk_neither_skips_nor_repeats_while_others_come_and_go() {
    let scene = Scene::new();
    let id = with_episodes(&scene, 1..10);
    let later = EpisodeFields {
        published_at: Some(START.plus_seconds(6 * 86_400 + 1)),
        ..episode(&[("en", "Leaves")], 6)
    };
    let gone = scene.episode(id, later, true);
    let first = scene
        .get(&format!("/api/v1/programs/{id}/episodes?limit=4"))
        .await;
    assert_eq!(first.titles(), ["Part 9", "Part 8", "Part 7", "Leaves"]);
    scene.unpublish(id, gone);
    scene.episode(id, episode(&[("en", "Newest")], 30), true);
    scene.episode(id, episode(&[("en", "In between")], 3), true);
    let rest = walk(&scene, first.next().unwrap()).await;
    let untouched: Vec<&String> = rest
        .iter()
        .filter(|title| title.starts_with("Part"))
        .collect();
    assert_eq!(
        untouched,
        ["Part 6", "Part 5", "Part 4", "Part 3", "Part 2", "Part 1"]
    );
    assert!(rest.iter().any(|title| title == "In between"));
}

#[tokio::test]
async fn a_cursor_is_good_for_its_list_alone() {
    let scene = Scene::new();
    let id = with_episodes(&scene, 1..4);
    let other = with_episodes(&scene, 1..4);
    let next = scene
        .get(&format!("/api/v1/programs/{id}/episodes?limit=1"))
        .await
        .next()
        .unwrap();
    let cursor = next.split("cursor=").nth(1).unwrap();
    for path in [
        format!("/api/v1/programs/{other}/episodes?cursor={cursor}"),
        format!("/api/v1/programs/{id}/episodes?sort=oldest&cursor={cursor}"),
        format!("/api/v1/programs?cursor={cursor}"),
        format!("/api/v1/programs/{id}/episodes?cursor={cursor}A"),
        format!("/api/v1/programs/{id}/episodes?cursor=x"),
        format!("/api/v1/programs/{id}/episodes?cursor="),
        format!("/api/v1/search?cursor={cursor}"),
    ] {
        let answer = scene.get(&path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "invalid_cursor"),
            "{path}"
        );
    }
    scene.marks.version.store(2, Ordering::SeqCst);
    let program = scene
        .get(&format!("/api/v1/programs?cursor={cursor}"))
        .await;
    assert_eq!(program.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_cursor_of_a_replaced_view_says_to_start_again() {
    let scene = Scene::new();
    for n in 0..3 {
        scene.program(program(&[("en", &format!("Program {n}"))]), true);
    }
    let next = scene.get("/api/v1/programs?limit=1").await.next().unwrap();
    scene.marks.version.store(2, Ordering::SeqCst);
    let answer = scene.get(&next).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (410, "cursor_expired")
    );
}

#[tokio::test]
async fn a_limit_is_1_to_100() {
    let scene = Scene::new();
    for limit in ["0", "101", "65535", "65536", "-1", "many", "", "1e2"] {
        let answer = scene.get(&format!("/api/v1/programs?limit={limit}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{limit}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert_eq!(
        scene.get("/api/v1/programs?limit=100").await.status,
        StatusCode::OK
    );
    let misspelt = scene.get("/api/v1/programs?limt=10").await;
    assert_eq!(misspelt.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_card_comes_in_the_language_of_the_reader() {
    let scene = Scene::new();
    scene.program(program(&[("ar", "قهوة"), ("en", "Coffee")]), true);
    scene.program(program(&[("ar", "شاي")]), true);
    let strict = ProgramFields {
        fallback: Fallback::Strict,
        ..program(&[("ar", "ماء")])
    };
    scene.program(strict, true);
    assert_eq!(
        scene.get("/api/v1/programs?lang=en").await.titles(),
        ["شاي", "Coffee"]
    );
    assert_eq!(
        scene.get("/api/v1/programs?lang=en").await.json()["meta"]["lang"],
        "en"
    );
    assert_eq!(
        scene.get("/api/v1/programs").await.titles(),
        ["ماء", "شاي", "قهوة"]
    );
    let browser = scene
        .get_with("/api/v1/programs", &[("accept-language", "en")])
        .await;
    assert_eq!(browser.titles(), ["ماء", "شاي", "Coffee"]);
}

#[tokio::test]
async fn a_page_is_filled_past_rows_that_the_reader_may_not_see() {
    let scene = Scene::new();
    let strict = ProgramFields {
        fallback: Fallback::Strict,
        ..program(&[("ar", "برنامج"), ("en", "Program")])
    };
    let id = scene.program(strict, true);
    for day in 0..60 {
        let titles = if day % 20 == 0 {
            ("en", "Seen")
        } else {
            ("ar", "لا")
        };
        scene.episode(id, episode(&[titles], day), true);
    }
    let path = format!("/api/v1/programs/{id}/episodes?lang=en&limit=2");
    assert_eq!(walk(&scene, path).await, ["Seen", "Seen", "Seen"]);
}

#[tokio::test]
async fn a_list_is_the_same_until_something_in_it_changes() {
    let scene = Scene::new();
    let id = with_episodes(&scene, 1..3);
    let path = format!("/api/v1/programs/{id}/episodes");
    let first = scene.get(&path).await;
    let other = scene.program(program(&[("en", "Elsewhere")]), true);
    scene.episode(other, episode(&[("en", "Elsewhere")], 1), true);
    let again = scene
        .get_with(&path, &[("if-none-match", first.header("etag"))])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    scene.episode(id, episode(&[("en", "New")], 9), true);
    let changed = scene
        .get_with(&path, &[("if-none-match", first.header("etag"))])
        .await;
    assert_eq!(changed.status, StatusCode::OK);
}

#[tokio::test]
async fn the_list_of_a_program_that_is_not_there_is_not_there() {
    let scene = Scene::new();
    let path = "/api/v1/programs/01900000-0000-7000-8000-00000000ffff/episodes";
    assert_eq!(scene.get(path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        scene.get("/api/v1/programs/nothing/episodes").await.status,
        StatusCode::NOT_FOUND
    );
    let id = scene.program(program(&[("en", "Empty")]), true);
    assert!(
        scene
            .get(&format!("/api/v1/programs/{id}/episodes"))
            .await
            .titles()
            .is_empty()
    );
}
