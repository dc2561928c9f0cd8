//! Withdrawals, as an editor asks for them.

use super::world::{Answer, Desk, call, episode, program};
use serde_json::{Value, json};

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    call("POST", path)
        .key(&desk.editor)
        .json(body)
        .send(desk)
        .await
}

async fn delete(desk: &Desk, path: &str) -> Answer {
    call("DELETE", path).key(&desk.editor).send(desk).await
}

async fn one(desk: &Desk) -> (String, String) {
    let made = post(desk, "/api/v1/programs?publish=true", &program()).await;
    let path = format!("/api/v1/programs/{}/episodes?publish=true", made.id());
    let one = post(desk, &path, &episode()).await.id().to_owned();
    (made.id().to_owned(), one)
}

#[tokio::test]
async fn delete_withdraws_with_a_note_in_the_body_or_in_the_query() {
    let desk = Desk::new();
    let (program, one) = one(&desk).await;
    let path = format!("/api/v1/episodes/{one}");
    let silent = delete(&desk, &path).await;
    assert_eq!(
        (silent.status, silent.error()),
        (422, ("/note", "note_missing"))
    );
    let twice = call("DELETE", format!("{path}?note=gone"))
        .key(&desk.editor)
        .json(&json!({"note": {"en": "gone"}}))
        .send(&desk)
        .await;
    assert_eq!(
        (twice.status, &twice.body["code"]),
        (400, &"two_notes".into())
    );
    let other = delete(&desk, &format!("{path}?note=gone&lang=in%20English")).await;
    assert_eq!(
        (other.status, &other.body["code"]),
        (400, &"bad_language".into())
    );
    let gone = call(
        "DELETE",
        format!("/api/v1/programs/{program}/episodes/{one}"),
    )
    .key(&desk.editor)
    .header("if-match", "\"2\"")
    .json(&json!({"note": {"en": "A quotation was wrong."}, "reason": "a complaint"}))
    .send(&desk)
    .await;
    assert_eq!(
        (gone.status, gone.header("etag")),
        (200, "\"3\""),
        "{}",
        gone.text
    );
    let again = delete(&desk, &format!("{path}?note=Rights.&lang=en")).await;
    assert_eq!(
        (again.status, again.header("etag")),
        (200, "\"4\""),
        "{}",
        again.text
    );
    let publish = post(&desk, &format!("{path}/publish"), &json!({})).await;
    assert_eq!(
        (publish.status, &publish.body["code"]),
        (409, &"withdrawn".into())
    );
    let whole = delete(&desk, &format!("/api/v1/programs/{program}?note=Rights.")).await;
    assert_eq!(whole.status, 200, "{}", whole.text);
    let more = format!("/api/v1/programs/{program}/episodes");
    let more = post(&desk, &more, &episode()).await;
    assert_eq!(
        (more.status, &more.body["code"]),
        (409, &"withdrawn".into())
    );
}

#[tokio::test]
async fn a_withdrawal_with_the_same_key_happens_once() {
    let desk = Desk::new();
    let (_, one) = one(&desk).await;
    for _ in 0..2 {
        let gone = call("DELETE", format!("/api/v1/episodes/{one}?note=gone"))
            .key(&desk.editor)
            .header("idempotency-key", "\"once\"")
            .send(&desk)
            .await;
        assert_eq!(
            (gone.status, gone.header("etag")),
            (200, "\"3\""),
            "{}",
            gone.text
        );
    }
    let reader = call("DELETE", format!("/api/v1/episodes/{one}?note=gone"))
        .key(&desk.reader)
        .send(&desk)
        .await;
    assert_eq!(reader.status, 403);
}
