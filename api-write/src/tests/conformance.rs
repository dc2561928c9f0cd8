//! What holds for every route: who may, what a body must be, what a failure looks like.

use super::world::{Desk, call, program};
use crate::tests::description::operations;
use serde_json::json;

const ID: &str = "01900000-0000-7000-8000-000000000000";

fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { ID } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn no_operation_answers_a_stranger_or_a_key_without_its_scope() {
    let desk = Desk::new();
    for (method, path, scope) in operations() {
        let path = concrete(&path);
        let answer = call(method, &path).json(&json!({})).send(&desk).await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert!(answer.headers.contains_key("www-authenticate"));
        let wrong = desk.editor.replace('.', ".x");
        assert_eq!(
            call(method, &path).key(&wrong).send(&desk).await.status,
            401
        );
        let Some(scope) = scope else { continue };
        let answer = call(method, &path)
            .key(&desk.reader)
            .json(&json!({}))
            .send(&desk)
            .await;
        assert_eq!(answer.status, 403, "{method} {path}");
        assert!(
            answer.body["detail"].as_str().unwrap().contains(&scope),
            "{method} {path}"
        );
    }
    assert!(desk.world.lock().appended.is_empty());
}

#[tokio::test]
async fn editors_may_write_content_but_neither_sources_nor_keys() {
    let desk = Desk::new();
    for (method, path, scope) in operations() {
        let answer = call(method, concrete(&path))
            .key(&desk.editor)
            .send(&desk)
            .await;
        let own = ["content:write", "content:draft"];
        let foreign = scope.is_some_and(|scope| !own.contains(&scope.as_str()));
        assert_eq!(
            answer.status == 403,
            foreign,
            "{method} {path}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn the_key_is_also_taken_from_its_own_header() {
    let desk = Desk::new();
    let answer = call("POST", "/api/v1/programs")
        .header("x-api-key", &desk.editor)
        .json(&program())
        .send(&desk)
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_body_that_is_no_program_is_refused_before_the_log() {
    let desk = Desk::new();
    let post = |media_type: &str, body: String| {
        call("POST", "/api/v1/programs")
            .key(&desk.editor)
            .text(media_type, body)
    };
    for (media_type, body, status, pointer) in [
        ("text/plain", program().to_string(), 415, ""),
        ("application/json", "{\"title\": ".to_owned(), 400, ""),
        ("application/json", "[]".to_owned(), 422, ""),
        (
            "application/json",
            json!({"titel": {}}).to_string(),
            422,
            "/titel",
        ),
        (
            "application/json",
            json!({"title": {"en": 1}}).to_string(),
            422,
            "/title/en",
        ),
        (
            "application/json",
            json!({"id": ID}).to_string(),
            422,
            "/id",
        ),
        (
            "application/json",
            json!({"status": "published"}).to_string(),
            422,
            "/status",
        ),
        ("application/json", " ".repeat(1024 * 1024 + 1), 413, ""),
    ] {
        let answer = post(media_type, body).send(&desk).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.error().0, pointer, "{}", answer.text);
    }
    assert!(desk.world.lock().appended.is_empty());
}

#[tokio::test]
async fn malformed_json_is_told_by_line_and_column() {
    let desk = Desk::new();
    let body = "{\n  \"title\": {\"en\": \"A\",}\n}";
    let answer = call("POST", "/api/v1/programs")
        .key(&desk.editor)
        .text("application/json", body)
        .send(&desk)
        .await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body["detail"]
            .as_str()
            .unwrap()
            .contains("line 2, column"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn parameters_and_headers_that_cannot_be_read_are_bad_requests() {
    let desk = Desk::new();
    for path in [
        "/api/v1/programs?publish=maybe",
        "/api/v1/programs?publsih=true",
    ] {
        let answer = call("POST", path)
            .key(&desk.editor)
            .json(&program())
            .send(&desk)
            .await;
        assert_eq!(answer.status, 400, "{path}");
    }
    for (tag, status) in [
        ("1", 400),
        ("\"1\", \"2\"", 400),
        ("W/\"1\"", 412),
        ("\"1.7\"", 412),
    ] {
        let answer = call("PATCH", format!("/api/v1/programs/{ID}"))
            .key(&desk.editor)
            .header("if-match", tag)
            .json(&json!({}))
            .send(&desk)
            .await;
        assert_eq!(answer.status, status, "{tag}");
    }
    assert!(desk.world.lock().appended.is_empty());
}

#[tokio::test]
async fn other_methods_and_addresses_are_problems() {
    let desk = Desk::new();
    let answer = call("PUT", "/api/v1/programs")
        .key(&desk.editor)
        .send(&desk)
        .await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    let answer = call("GET", "/api/v1/programs").send(&desk).await;
    assert_eq!(answer.status, 405);
    for path in [
        "/api/v1/nothing",
        "/",
        "/api/v1/programs/",
        "//api/v1/programs",
        "/API/v1/programs",
    ] {
        let answer = call("POST", path)
            .key(&desk.editor)
            .header("accept", "text/html")
            .send(&desk)
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_correlation_id_goes_from_the_request_to_the_record_and_the_event() {
    let desk = Desk::new();
    let answer = call("POST", "/api/v1/programs")
        .key(&desk.editor)
        .header("x-correlation-id", "order-17")
        .json(&program())
        .send(&desk)
        .await;
    assert_eq!(answer.header("x-correlation-id"), "order-17");
    let inner = desk.world.lock();
    assert_eq!(inner.appended[0].headers[0].1, b"order-17");
    assert_eq!(inner.events[0].correlation_id.as_deref(), Some("order-17"));
}
