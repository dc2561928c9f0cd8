//! What is accepted and held back: who asks reads why, instead of waiting or trying again without end.

use super::scene::{Scene, ask, episode, program};
use http::StatusCode;
use mediamesh_domain::catalog::{Lane, key};
use mediamesh_domain::id::{EpisodeId, ItemRef, ProgramId};
use mediamesh_domain::parked::{HeldKey, ParkedPlace};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::view::View;
use uuid::Uuid;

fn hold(scene: &Scene, program: ProgramId, episode: EpisodeId) {
    let place = ParkedPlace {
        view: View::Catalog,
        version: 1,
        partition: Partition(0),
        key: key(program, ItemRef::episode(episode), Lane::Draft),
    };
    scene.marks.held.lock().unwrap().push(HeldKey {
        place,
        code: "record_malformed".to_owned(),
        reason: "the record ends too early".to_owned(),
        records: 1,
        first_offset: Offset(7),
        answers: None,
    });
}

#[tokio::test]
async fn the_desk_says_that_a_newer_state_of_an_item_is_held() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Part")], 1), true);
    hold(&scene, id, part);
    let answer = scene
        .desk_get(&format!("/api/v1/desk/episodes/{part}"))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("held"), "record_malformed");
    let whole = scene.desk_get(&format!("/api/v1/desk/programs/{id}")).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert!(
        whole.headers.get("held").is_none(),
        "its program is not held"
    );
}

#[tokio::test]
async fn an_item_that_the_view_never_showed_is_accepted_and_held_not_unknown() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = EpisodeId(Uuid::from_u128(77));
    hold(&scene, id, part);
    let answer = scene
        .desk_get(&format!("/api/v1/desk/episodes/{part}"))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let problem = answer.json();
    assert_eq!(problem["held"], "record_malformed");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.ends_with("; accepted, held: record_malformed"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_read_that_waits_for_a_position_is_told_that_the_item_is_held() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Part")], 1), true);
    hold(&scene, id, part);
    let path = format!("/api/v1/episodes/{part}");
    let without = ask(scene.public(), "GET", &path, &[]).await;
    assert_eq!(without.status, StatusCode::OK, "what there is can be read");
    let position = without.header("position").to_owned();
    let wait = [("if-position-at-least", position.as_str())];
    let desk = format!("/api/v1/desk/episodes/{part}");
    for answer in [
        ask(scene.public(), "GET", &path, &wait).await,
        scene.desk_get_with(&desk, &wait).await,
    ] {
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(answer.header("held"), "record_malformed");
        let problem = answer.json();
        assert!(problem["type"].as_str().unwrap().ends_with("/held"));
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.starts_with("accepted, held: record_malformed; "),
            "{detail}"
        );
        assert!(
            answer.headers.get("retry-after").is_none(),
            "waiting does not help"
        );
    }
    let program = format!("/api/v1/programs/{id}");
    let other = ask(scene.public(), "GET", &program, &wait).await;
    assert_eq!(other.status, StatusCode::OK);
}
