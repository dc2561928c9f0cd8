//! The same request again is the same command.

use super::world::{Answer, Call, Desk, call, program};
use serde_json::json;

fn create(key: &str, idempotency: &str) -> Call {
    call("POST", "/api/v1/programs")
        .key(key)
        .header("idempotency-key", idempotency)
        .json(&program())
}

fn essence(answer: &Answer) -> (u16, String, String, String) {
    let header = |name| answer.header(name).to_owned();
    (
        answer.status,
        answer.text.clone(),
        header("etag"),
        header("location"),
    )
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_one_event() {
    let desk = Desk::new();
    let first = create(&desk.editor, "\"k-1\"").send(&desk).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let end = desk.world.end();
    let again = create(&desk.editor, "\"k-1\"").send(&desk).await;
    let bare = create(&desk.editor, "k-1").send(&desk).await;
    assert_eq!(essence(&first), essence(&again));
    assert_eq!(essence(&first), essence(&bare));
    assert_eq!(desk.world.end(), end);
    let partitions: Vec<_> = desk
        .world
        .lock()
        .appended
        .iter()
        .map(|r| r.partition)
        .collect();
    assert!(partitions.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn the_same_key_with_another_payload_is_refused() {
    let desk = Desk::new();
    create(&desk.editor, "\"k-1\"").send(&desk).await;
    let end = desk.world.end();
    let other_body = call("POST", "/api/v1/programs")
        .key(&desk.editor)
        .header("idempotency-key", "\"k-1\"")
        .json(&json!({"title": {"en": "Another"}}))
        .send(&desk)
        .await;
    let other_query = call("POST", "/api/v1/programs?publish=true")
        .key(&desk.editor)
        .header("idempotency-key", "\"k-1\"")
        .json(&program())
        .send(&desk)
        .await;
    for answer in [other_body, other_query] {
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert!(
            answer.body["type"]
                .as_str()
                .unwrap()
                .ends_with("/idempotency-key-reused")
        );
    }
    assert_eq!(desk.world.end(), end);
}

#[tokio::test]
async fn a_key_is_its_callers_own() {
    let desk = Desk::new();
    let first = create(&desk.editor, "\"k-1\"").send(&desk).await;
    let other = create(&desk.other_editor, "\"k-1\"").send(&desk).await;
    assert_eq!(other.status, 201);
    assert_ne!(first.id(), other.id());
}

#[tokio::test]
async fn a_refusal_is_remembered_as_well() {
    let desk = Desk::new();
    let bad = || {
        call("POST", "/api/v1/programs")
            .key(&desk.editor)
            .header("idempotency-key", "\"k-2\"")
            .json(&json!({"title": {"en": " "}}))
    };
    let (first, again) = (bad().send(&desk).await, bad().send(&desk).await);
    assert_eq!((first.status, again.status), (422, 422));
    assert_eq!(first.body["errors"], again.body["errors"]);
}

#[tokio::test]
async fn a_malformed_key_is_a_bad_request_and_nothing_is_appended() {
    let desk = Desk::new();
    for key in ["\"open", "two words", "\"\"", "\"a\";x"] {
        assert_eq!(
            create(&desk.editor, key).send(&desk).await.status,
            400,
            "{key}"
        );
    }
    assert!(desk.world.lock().appended.is_empty());
}
