//! Hostile and unlucky requests: bounded, answered as problems, telling nothing of the inside.

use super::scene::{Scene, ask, program};
use crate::{ReadApi, ReadPorts, public_router};
use http::StatusCode;
use mediamesh_edge::bulkhead::Bulkhead;
use mediamesh_edge::cursor::Cursors;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use utoipa_axum::router::OpenApiRouter;

#[tokio::test]
async fn every_failure_is_a_problem_with_the_headers_of_every_answer() {
    let scene = Scene::new();
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/programs/x", 404),
        ("GET", "/api/v1/programs/%FF%FE", 404),
        ("GET", "/api/v1/episodes/..%2f..%2fetc", 404),
        ("GET", "/api/v1/programs/", 404),
        ("GET", "/api/v1//programs", 404),
        ("POST", "/api/v1/programs", 405),
        ("DELETE", "/api/v1/search", 405),
        ("GET", "/api/v1/search?sort=best", 400),
        ("GET", "/api/v1/search?kind=film", 400),
        ("GET", "/api/v1/search?facets=title", 400),
        ("GET", "/api/v1/search?published_from=yesterday", 400),
        (
            "GET",
            "/api/v1/search?min_duration=9999999999999999999",
            400,
        ),
        ("GET", "/api/v1/search?program=x", 400),
        ("GET", "/api/v1/search?state=draft", 400),
        ("GET", "/api/v1/search?lane=draft", 400),
        ("GET", "/api/v1/programs?lang=%3Cscript%3E", 400),
        ("GET", "/api/v1/programs?lane=draft", 400),
    ] {
        let answer = ask(scene.public(), method, path, &[("accept", "text/html")]).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        let problem = answer.json();
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string() && problem["type"].is_string());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(
            answer.headers.contains_key("allow"),
            status == 405,
            "{path}"
        );
    }
}

#[tokio::test]
async fn hostile_texts_to_look_for_are_answered() {
    let scene = Scene::new();
    scene.program(program(&[("en", "Program")]), true);
    let many_tags = vec!["t"; 21].join(",");
    for (query, status) in [
        ("q=%00%FF%FE".to_owned(), 200),
        (format!("q={}", "%D9%91".repeat(600)), 200),
        (format!("q={}", "a+".repeat(1_000)), 200),
        (format!("q={}", "a".repeat(2_049)), 400),
        (format!("q={}", "%22".repeat(500)), 200),
        ("q=*%20OR%20title:*".to_owned(), 200),
        (format!("tag={many_tags}"), 400),
        (format!("tag={}", "%D9%91".repeat(1_400)), 400),
        ("explicit=maybe".to_owned(), 400),
        ("q=a&q=b".to_owned(), 400),
    ] {
        let answer = scene.get(&format!("/api/v1/search?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
    }
    for request in scene.index.requests.lock().unwrap().iter() {
        assert!(request.limit <= 200 && request.offset == 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_given_two_seconds() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    scene.rows.hangs.store(true, Ordering::SeqCst);
    let started = Instant::now();
    let answer = scene.get(&format!("/api/v1/programs/{id}")).await;
    assert_eq!(started.elapsed(), Duration::from_secs(2));
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (503, "store_deadline")
    );
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_store_that_fails_is_not_described() {
    let scene = Scene::new();
    scene.rows.fails.store(true, Ordering::SeqCst);
    let answer = scene.get("/api/v1/programs").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let text = String::from_utf8(answer.body).unwrap();
    assert!(!text.contains("10.0.0.7"), "{text}");
}

#[tokio::test]
async fn a_full_search_leaves_reads_alone() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let ports = ReadPorts {
        views: Arc::clone(&scene.rows) as _,
        search: Arc::clone(&scene.index) as _,
        progress: Arc::clone(&scene.marks) as _,
        cursors: Cursors::new([3; 32]),
        clock: Arc::new(|| super::scene::START.plus_seconds(60)),
        ids: Arc::new(|| uuid::Uuid::from_u128(1)),
    };
    let searches = Bulkhead::new("search", 1, 0);
    let held = searches.enter().await.unwrap();
    let api = ReadApi::with_room(ports, Bulkhead::new("read", 1, 0), searches);
    let router = public_router(api, None, OpenApiRouter::new());
    let search = ask(router.clone(), "GET", "/api/v1/search?q=a", &[]).await;
    assert_eq!(
        (search.status.as_u16(), search.code().as_str()),
        (503, "overloaded")
    );
    let read = ask(
        router.clone(),
        "GET",
        &format!("/api/v1/programs/{id}"),
        &[],
    )
    .await;
    assert_eq!(read.status, StatusCode::OK);
    drop(held);
    let search = ask(router, "GET", "/api/v1/search?q=a", &[]).await;
    assert_eq!(search.status, StatusCode::OK);
}
