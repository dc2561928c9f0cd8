//! Writes of what a view holds back: accepted and told so, never a conflict without end.

use super::world::{Answer, Desk, call, episode, program};
use mediamesh_domain::catalog::{Lane, key};
use mediamesh_domain::id::{EpisodeId, ItemRef, ProgramId};
use mediamesh_domain::parked::{HeldKey, ParkedPlace};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::view::View;
use serde_json::{Value, json};

const PHRASE: &str = "accepted, held: record_malformed";

fn hold(desk: &Desk, view: View, key: String) {
    let place = ParkedPlace {
        view,
        version: 1,
        partition: Partition(0),
        key,
    };
    desk.world.lock().held.push(HeldKey {
        place,
        code: "record_malformed".to_owned(),
        reason: "the record ends too early".to_owned(),
        records: 1,
        first_offset: Offset(7),
        answers: None,
    });
}

async fn send(desk: &Desk, method: &'static str, path: &str, body: &Value) -> Answer {
    let call = call(method, path).key(&desk.editor);
    call.json(body).send(desk).await
}

/// A program and an episode of it whose documents the view of items holds back.
async fn scene() -> (Desk, String, String) {
    let desk = Desk::new();
    let made = send(&desk, "POST", "/api/v1/programs", &program()).await;
    let program: ProgramId = made.id().parse().unwrap();
    let path = format!("/api/v1/programs/{program}/episodes");
    let made = send(&desk, "POST", &path, &episode()).await;
    let episode: EpisodeId = made.id().parse().unwrap();
    let held = key(program, ItemRef::episode(episode), Lane::Draft);
    hold(&desk, View::Catalog, held);
    let command = made.body["command_id"].as_str().unwrap().to_owned();
    (desk, format!("/api/v1/episodes/{episode}"), command)
}

#[tokio::test]
async fn a_write_of_a_held_item_is_accepted_and_says_that_it_is_held() {
    let (desk, path, _) = scene().await;
    let answer = send(&desk, "PATCH", &path, &json!({"number": 4})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(
        answer.body["held"],
        json!({"status": PHRASE, "view": "catalog", "code": "record_malformed"})
    );
}

#[tokio::test]
async fn the_status_of_a_command_says_that_what_it_did_is_held() {
    let (desk, _, command) = scene().await;
    let path = format!("/api/v1/commands/{command}");
    let answer = call("GET", &path).key(&desk.editor).send(&desk).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["status"], "accepted");
    assert_eq!(answer.body["held"]["status"], PHRASE);
}

#[tokio::test]
async fn a_conflict_with_a_version_that_nobody_can_see_says_why() {
    let (desk, path, _) = scene().await;
    for number in [5, 6] {
        let body = json!({"number": number});
        assert_eq!(send(&desk, "PATCH", &path, &body).await.status, 200);
    }
    let seen = json!({"number": 7, "version": 1});
    let answer = send(&desk, "PATCH", &path, &seen).await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert_eq!(answer.body["held"], "record_malformed");
    assert!(answer.body["detail"].as_str().unwrap().contains(PHRASE));
    assert_eq!(
        answer.body["current_version"], 3,
        "with it the write goes through"
    );
    let known = json!({"number": 7, "version": 3});
    assert_eq!(send(&desk, "PATCH", &path, &known).await.status, 200);
}

#[tokio::test]
async fn an_episode_that_the_view_never_showed_can_be_written_by_its_short_address() {
    let (desk, path, _) = scene().await;
    desk.world.lock().rows.clear();
    let answer = send(&desk, "PATCH", &path, &json!({"number": 4})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_command_whose_verdict_is_held_is_pending_and_says_so() {
    let desk = Desk::new();
    let command = uuid::Uuid::from_u128(5).to_string();
    hold(&desk, View::Verdicts, command.clone());
    let path = format!("/api/v1/commands/{command}");
    let answer = call("GET", &path).key(&desk.editor).send(&desk).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.body["held"]["view"], "verdicts");
}
