//! Merges, their undoing and releases, as an editor asks for them.

use super::world::{Answer, Desk, call, episode, program};
use serde_json::{Value, json};

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    call("POST", path)
        .key(&desk.editor)
        .json(body)
        .send(desk)
        .await
}

/// Two episodes of one program, by their paths.
async fn two(desk: &Desk) -> (String, String, String) {
    let made = post(desk, "/api/v1/programs?publish=true", &program()).await;
    let path = format!("/api/v1/programs/{}/episodes?publish=true", made.id());
    let one = post(desk, &path, &episode()).await.id().to_owned();
    let other = post(desk, &path, &episode()).await.id().to_owned();
    (made.id().to_owned(), one, other)
}

#[tokio::test]
async fn an_episode_is_merged_and_itself_again() {
    let desk = Desk::new();
    let (_, one, other) = two(&desk).await;
    let merge = format!("/api/v1/episodes/{other}/merge");
    let merged = post(&desk, &merge, &json!({ "into": one, "reason": "the same" })).await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    assert_eq!(merged.id(), one, "the answer is about the one that stays");
    let patch = call("PATCH", format!("/api/v1/episodes/{other}"))
        .key(&desk.editor)
        .text("application/merge-patch+json", r#"{"season": 2}"#)
        .send(&desk)
        .await;
    assert_eq!(
        (patch.status.as_u16(), &patch.body["code"]),
        (409, &"merged".into())
    );
    let unmerge = format!("/api/v1/episodes/{other}/unmerge");
    let back = post(&desk, &unmerge, &json!({})).await;
    assert_eq!(
        (back.status.as_u16(), back.id()),
        (200, other.as_str()),
        "{}",
        back.text
    );
    let again = post(&desk, &unmerge, &json!({})).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["code"]),
        (409, &"not_merged".into())
    );
}

#[tokio::test]
async fn what_cannot_be_merged_is_said_in_words() {
    let desk = Desk::new();
    let (program, one, _) = two(&desk).await;
    let merge = format!("/api/v1/episodes/{one}/merge");
    for (body, status, code) in [
        (json!({ "into": one }), 422, "merge_with_itself"),
        (json!({ "into": program }), 404, "not_found"),
        (
            json!({ "into": program, "version": 99 }),
            409,
            "version_conflict",
        ),
    ] {
        let answer = post(&desk, &merge, &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (status, &code.into()),
            "{body}"
        );
    }
    let shapeless = post(&desk, &merge, &json!({ "to": one })).await;
    assert_eq!(shapeless.status, 422, "{}", shapeless.text);
}

#[tokio::test]
async fn fields_are_given_back_by_pointer() {
    let desk = Desk::new();
    let (program, one, _) = two(&desk).await;
    for path in [
        format!("/api/v1/episodes/{one}/release"),
        format!("/api/v1/programs/{program}/release"),
    ] {
        let answer = post(&desk, &path, &json!({ "pointers": ["/title"] })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let answer = post(&desk, &path, &json!({ "pointers": ["/nothing"] })).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(answer.error(), ("/pointers/0", "pointer_unknown"));
    }
}
