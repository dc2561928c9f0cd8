//! What is told where the log or the deciders do not answer: never more than is known.

use super::world::{Answer, Desk, Mode, call, program};
use mediamesh_ports::event_log::Error;
use serde_json::json;

async fn create(desk: &Desk, prefer: &str) -> Answer {
    call("POST", "/api/v1/programs")
        .key(&desk.editor)
        .header("prefer", prefer)
        .json(&program())
        .send(desk)
        .await
}

#[tokio::test]
async fn a_log_that_does_not_take_the_command_is_never_a_success() {
    let desk = Desk::new();
    for mode in [
        Mode::Fails(Error::Transient("secret path /var/x".to_owned())),
        Mode::Fails(Error::Poisoned("secret path /var/x".to_owned())),
        Mode::Hangs,
    ] {
        desk.world.lock().mode = mode;
        for prefer in ["wait=1", "respond-async"] {
            let answer = create(&desk, prefer).await;
            assert_eq!(answer.status, 503, "{}", answer.text);
            assert!(!answer.text.contains("secret"));
            let command = answer.body["command_id"].as_str().unwrap();
            assert_eq!(
                answer.body["status_url"],
                format!("/api/v1/commands/{command}")
            );
            let status = call("GET", answer.body["status_url"].as_str().unwrap())
                .key(&desk.editor)
                .send(&desk)
                .await;
            assert_eq!(status.status, 404);
        }
    }
    assert!(desk.world.lock().appended.is_empty());
}

#[tokio::test]
async fn a_verdict_that_is_late_is_202_with_where_to_ask() {
    let desk = Desk::new();
    desk.world.lock().mode = Mode::Takes;
    let answer = create(&desk, "wait=1").await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.body["status"], "pending");
    assert!(!answer.headers.contains_key("preference-applied"));
    let status = call("GET", answer.header("location"))
        .key(&desk.reader)
        .send(&desk)
        .await;
    assert_eq!(
        (status.status, &status.body["status"]),
        (202, &json!("pending"))
    );
}

#[tokio::test]
async fn respond_async_is_202_at_once_and_the_status_address_tells_the_verdict() {
    let desk = Desk::new();
    let answer = create(&desk, "respond-async").await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.header("preference-applied"), "respond-async");
    assert_eq!(answer.header("retry-after"), "1");
    let status = call("GET", answer.header("location"))
        .key(&desk.editor)
        .send(&desk)
        .await;
    assert_eq!(
        (status.status, &status.body["status"]),
        (200, &json!("accepted"))
    );
    assert_eq!(status.body["result"]["version"], 1);
    let refused = call("POST", "/api/v1/programs")
        .key(&desk.editor)
        .header("prefer", "respond-async")
        .json(&json!({"title": {"en": " "}}))
        .send(&desk)
        .await;
    let status = call("GET", refused.header("location"))
        .key(&desk.editor)
        .send(&desk)
        .await;
    assert_eq!(status.body["status"], "refused");
    assert_eq!(status.body["problem"]["status"], 422);
}

#[tokio::test]
async fn a_command_that_nobody_sent_is_not_found() {
    let desk = Desk::new();
    let path = "/api/v1/commands/01900000-0000-7000-8000-000000000000";
    assert_eq!(
        call("GET", path).key(&desk.editor).send(&desk).await.status,
        404
    );
    assert_eq!(call("GET", path).send(&desk).await.status, 401);
}

#[tokio::test]
async fn a_new_key_is_not_told_before_it_is_decided() {
    let desk = Desk::new();
    desk.world.lock().mode = Mode::Takes;
    let answer = call("POST", "/api/v1/keys")
        .key(&desk.admin)
        .header("prefer", "respond-async")
        .json(&json!({"name": "ci", "scopes": ["content:write"]}))
        .send(&desk)
        .await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(!answer.text.contains("mm_"));
}
