//! Positions: what was written is read, from any node, or the reader is told that it is not there yet.

use super::scene::{Scene, program};
use http::StatusCode;
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::view::View;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const AHEAD: &[(&str, &str)] = &[("if-position-at-least", "b.zz")];

#[tokio::test(start_paused = true)]
async fn a_read_waits_until_the_view_has_come_to_the_position() {
    let scene = Arc::new(Scene::new());
    let id = scene.program(program(&[("en", "Program")]), true);
    let paths = [
        format!("/api/v1/programs/{id}"),
        "/api/v1/programs".to_owned(),
    ];
    for (seq, path) in (500..).zip(paths) {
        let asked = Position::at(Partition(11), Seq(seq));
        let (later, reached) = (Arc::clone(&scene), asked.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            later.reached(View::Catalog, &reached);
        });
        let started = Instant::now();
        let token = asked.to_string();
        let answer = scene
            .get_with(&path, &[("if-position-at-least", &token)])
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(started.elapsed(), Duration::from_millis(300));
        let position = Position::parse(answer.header("position")).unwrap();
        assert!(position.includes(&asked), "{position}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_does_not_wait_longer_than_five_seconds_and_says_where_the_view_is() {
    let scene = Scene::new();
    scene.program(program(&[("en", "Program")]), true);
    for path in ["/api/v1/programs", "/api/v1/search?q=x"] {
        let started = Instant::now();
        let answer = scene.get_with(path, AHEAD).await;
        assert_eq!(started.elapsed(), Duration::from_secs(5), "{path}");
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(answer.code(), "position_not_reached");
        let here = Position::parse(answer.header("position")).unwrap();
        assert!(!here.0.is_empty());
    }
}

#[tokio::test]
async fn a_position_that_is_none_is_told() {
    let scene = Scene::new();
    for token in ["x", "1", "99999999999999999999", "💥"] {
        let answer = scene
            .get_with("/api/v1/programs", &[("if-position-at-least", token)])
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{token}");
    }
}

#[tokio::test]
async fn a_position_never_stands_in_a_body() {
    let scene = Scene::new();
    scene.program(program(&[("en", "Program")]), true);
    let before = scene.get("/api/v1/programs").await;
    scene.reached(View::Catalog, &Position::at(Partition(3), Seq(1_000)));
    let after = scene.get("/api/v1/programs").await;
    assert_ne!(before.header("position"), after.header("position"));
    assert_eq!(before.body, after.body);
    assert_eq!(before.header("etag"), after.header("etag"));
}
