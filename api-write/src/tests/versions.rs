//! Older versions, as an editor brings them back.

use super::world::{Answer, Desk, call, episode, program};
use mediamesh_domain::event::EventBody;
use mediamesh_domain::position::Version;
use serde_json::{Value, json};

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    let call = call("POST", path).key(&desk.editor).json(body);
    call.send(desk).await
}

async fn patch(desk: &Desk, path: &str, body: &str) -> Answer {
    let call = call("PATCH", path).key(&desk.editor);
    let call = call.text("application/merge-patch+json", body);
    call.send(desk).await
}

/// A program and an episode of it, both live, by their addresses.
async fn made(desk: &Desk) -> (String, String) {
    let made = post(desk, "/api/v1/programs?publish=true", &program()).await;
    let program = format!("/api/v1/programs/{}", made.id());
    let path = format!("{program}/episodes?publish=true");
    let episode = post(desk, &path, &episode()).await;
    (program, format!("/api/v1/episodes/{}", episode.id()))
}

/// Why the last change of a draft was made, and what it brought back.
fn last_change(desk: &Desk) -> (Option<String>, Option<Version>) {
    let events = desk.world.lock().events.clone();
    let last = events.iter().rev().find_map(|event| match &event.body {
        EventBody::ProgramUpdated(change) => Some((change.reason.clone(), change.restores)),
        EventBody::EpisodeUpdated(change) => Some((change.reason.clone(), change.restores)),
        _ => None,
    });
    last.expect("a change")
}

#[tokio::test]
async fn a_draft_gets_the_fields_of_a_version_again_with_the_reason() {
    let desk = Desk::new();
    let (program, episode) = made(&desk).await;
    for (item, change) in [
        (program, r#"{"author": "B", "title": {"fr": "Le quai"}}"#),
        (episode, r#"{"season": 9, "title": {"fr": "Un"}}"#),
    ] {
        let changed = patch(&desk, &item, change).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let restore = format!("{item}/restore");
        let body = json!({"to": 1, "reason": "it was right"});
        let restored = post(&desk, &restore, &body).await;
        assert_eq!(restored.status, 200, "{}", restored.text);
        assert_eq!(restored.body["version"], 4, "one event");
        let told = (Some("it was right".to_owned()), Some(Version(1)));
        assert_eq!(last_change(&desk), told);
        let again = post(&desk, &restore, &body).await;
        assert_eq!((again.status, &again.body["version"]), (200, &json!(4)));
        let live = post(&desk, &restore, &json!({"to": 3, "publish": true})).await;
        assert_eq!(live.body["version"], 6, "a change and its publication");
    }
}

#[tokio::test]
async fn a_change_may_say_why() {
    let desk = Desk::new();
    let (program, episode) = made(&desk).await;
    for item in [program, episode] {
        let said = patch(
            &desk,
            &format!("{item}?reason=typo"),
            r#"{"tags": ["sea"]}"#,
        )
        .await;
        assert_eq!(said.status, 200, "{}", said.text);
        assert_eq!(last_change(&desk), (Some("typo".to_owned()), None));
        let long = format!("{item}?reason={}", "x".repeat(1_001));
        let refused = patch(&desk, &long, r#"{"tags": []}"#).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
    }
}

#[tokio::test]
async fn what_cannot_be_brought_back_is_said_in_words() {
    let desk = Desk::new();
    let (program, episode) = made(&desk).await;
    for change in [r#"{"season": 9}"#, r#"{"season": 10}"#] {
        let changed = patch(&desk, &episode, change).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
    }
    let restore = format!("{episode}/restore");
    for (body, status, code) in [
        (json!({"to": 0}), 404, "no_such_version"),
        (json!({"to": 5}), 404, "no_such_version"),
        (json!({"to": 1, "version": 9}), 412, "position_not_reached"),
        (json!({"to": 3, "version": 2}), 409, "version_conflict"),
    ] {
        let answer = post(&desk, &restore, &body).await;
        let told = (answer.status, &answer.body["code"]);
        assert_eq!(told, (status, &code.into()), "{body}: {}", answer.text);
    }
    for shapeless in [json!({}), json!({"to": "1"}), json!({"to": 1, "from": 2})] {
        let answer = post(&desk, &restore, &shapeless).await;
        assert_eq!(answer.status, 422, "{shapeless}: {}", answer.text);
    }
    let other = format!("{program}x/restore");
    let answer = post(&desk, &other, &json!({"to": 1})).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    let nobody = format!("/api/v1/programs/{}/restore", uuid::Uuid::nil());
    let answer = post(&desk, &nobody, &json!({"to": 1})).await;
    assert_eq!(answer.status, 404, "{}", answer.text);
}

#[tokio::test]
async fn the_version_that_was_seen_counts() {
    let desk = Desk::new();
    let (program, _) = made(&desk).await;
    patch(&desk, &program, r#"{"author": "B"}"#).await;
    patch(&desk, &program, r#"{"tags": ["night"]}"#).await;
    let restore = |version: &'static str| {
        let call = call("POST", format!("{program}/restore")).key(&desk.editor);
        call.header("if-match", version).json(&json!({"to": 1}))
    };
    // Version 3 had other tags than version 4, which version 1 does not bring back.
    let rebased = restore("\"3\"").send(&desk).await;
    assert_eq!(rebased.status, 200, "{}", rebased.text);
    assert_eq!(rebased.body["rebased_on"], 4);
    patch(&desk, &program, r#"{"author": "C"}"#).await;
    let late = restore("\"3\"").send(&desk).await;
    assert_eq!(late.status, 412, "{}", late.text);
}
