//! Programs and episodes: what is accepted and what is refused.

use super::world::{Answer, Desk, call, episode, program};
use mediamesh_domain::command::{CommandBody, ExpectationKind};
use mediamesh_domain::position::{Partition, Position};
use mediamesh_ports::event_log::partition_of_program;
use serde_json::{Value, json};

async fn create(desk: &Desk, path: &str, body: &Value) -> Answer {
    call("POST", path)
        .key(&desk.editor)
        .json(body)
        .send(desk)
        .await
}

async fn patch(desk: &Desk, path: &str, if_match: Option<&str>, body: Value) -> Answer {
    let call = call("PATCH", path).key(&desk.editor);
    let call = match if_match {
        Some(tag) => call.header("if-match", tag),
        None => call,
    };
    call.text("application/merge-patch+json", body.to_string())
        .send(desk)
        .await
}

#[tokio::test]
async fn a_program_is_made_and_told_with_address_version_and_position() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        made.header("location"),
        format!("/api/v1/programs/{}", made.id())
    );
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(made.header("cache-control"), "no-store");
    assert_eq!(
        made.body["links"]["desk"],
        format!("/api/v1/desk/programs/{}", made.id())
    );
    let partition = partition_of_program(made.id().parse().unwrap());
    let position = Position::parse(made.header("position")).unwrap();
    assert!(position.seq(partition).0 > 0);
    let inner = desk.world.lock();
    assert_eq!(inner.appended[0].partition, partition);
    assert_eq!(inner.appended[0].key, made.id().as_bytes());
    assert_eq!(
        inner.appended[0].headers[0].1,
        made.header("x-correlation-id").as_bytes()
    );
    assert_eq!(inner.commands[0].reply_to, Some(Partition(7)));
    let slug = inner.events.iter().find_map(|event| match &event.body {
        mediamesh_domain::event::EventBody::ProgramCreated(created) => Some(created.slug.clone()),
        _ => None,
    });
    assert_eq!(made.body["slug"].as_str(), slug.as_deref());
}

#[tokio::test]
async fn publish_in_the_query_makes_and_publishes_in_one_command() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs?publish=true", &program()).await;
    assert_eq!(
        (made.status, made.header("etag")),
        (201, "\"2\""),
        "{}",
        made.text
    );
    assert_eq!(desk.world.lock().appended.len(), 1);
}

#[tokio::test]
async fn an_item_goes_through_its_life() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let program = format!("/api/v1/programs/{}", made.id());
    let made = create(&desk, &format!("{program}/episodes"), &episode()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let long = format!("{program}/episodes/{}", made.id());
    let short = format!("/api/v1/episodes/{}", made.id());
    assert_eq!(made.header("location"), short);
    for (path, version) in [
        (format!("{program}/publish"), 2),
        (format!("{long}/publish"), 2),
        (format!("{short}/unpublish"), 3),
        (format!("{short}/publish"), 4),
        (format!("{long}/archive"), 5),
        (format!("{short}/archive"), 5),
        (format!("{program}/archive"), 3),
        (format!("{program}/unpublish"), 4),
    ] {
        let reason = json!({"reason": "a test"});
        let answer = create(&desk, &path, &reason).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert_eq!(answer.body["version"], version, "{path}");
    }
    let answer = patch(&desk, &short, None, json!({"number": 4})).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"6\""));
}

#[tokio::test]
async fn a_step_needs_no_body() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}/publish", made.id());
    let answer = call("POST", &path).key(&desk.editor).send(&desk).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_patch_against_an_older_version_is_rebased_where_nobody_touched_its_fields() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}", made.id());
    let first = patch(&desk, &path, Some("\"1\""), json!({"author": "Mona"})).await;
    assert_eq!(
        (first.status, first.header("etag")),
        (200, "\"2\""),
        "{}",
        first.text
    );
    assert!(first.body.get("rebased_on").is_none());
    let second = patch(&desk, &path, Some("\"1\""), json!({"tags": ["rail"]})).await;
    assert_eq!(
        (second.status, second.header("etag")),
        (200, "\"3\""),
        "{}",
        second.text
    );
    assert_eq!(second.body["rebased_on"], 2);
}

#[tokio::test]
async fn a_conflict_tells_both_sides_as_412_by_header_and_as_409_by_body() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}", made.id());
    patch(&desk, &path, None, json!({"title": {"en": "Sleeper"}})).await;
    let before = desk.world.end();
    let by_header = patch(
        &desk,
        &path,
        Some("\"1\""),
        json!({"title": {"en": "Night"}}),
    )
    .await;
    let body = json!({"title": {"en": "Night"}, "version": 1});
    let by_body = patch(&desk, &path, None, body).await;
    assert_eq!((by_header.status, by_body.status), (412, 409));
    for answer in [by_header, by_body] {
        assert_eq!(answer.body["current_version"], 2);
        let conflict = &answer.body["conflicts"][0];
        assert_eq!(conflict["pointer"], "/title/en");
        assert_eq!(
            (&conflict["yours"], &conflict["theirs"]),
            (&json!("Night"), &json!("Sleeper"))
        );
    }
    assert_eq!(desk.world.end(), before);
}

#[tokio::test]
async fn a_version_in_the_body_is_taken_out_of_the_patch() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}", made.id());
    let answer = patch(&desk, &path, None, json!({"version": 1, "author": "Mona"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let inner = desk.world.lock();
    let command = inner.commands.last().unwrap();
    assert_eq!(command.expected.unwrap().kind, ExpectationKind::InBody);
    let CommandBody::UpdateProgram(update) = &command.body else {
        panic!("another command");
    };
    assert_eq!(update.patch, r#"{"author":"Mona"}"#);
}

#[tokio::test]
async fn two_different_versions_in_one_request_are_refused() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}", made.id());
    let answer = patch(&desk, &path, Some("\"1\""), json!({"version": 2})).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (400, &json!("two_versions"))
    );
}

#[tokio::test]
async fn broken_rules_are_told_by_pointer_and_change_nothing() {
    let desk = Desk::new();
    let before = desk.world.end();
    let long = json!({"title": {"en": "x".repeat(600)}, "tags": ["a"], "links": [{"url": "no"}]});
    let answer = create(&desk, "/api/v1/programs", &long).await;
    assert_eq!(answer.status, 422);
    let pointers: Vec<_> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["pointer"])
        .collect();
    assert!(pointers.contains(&&json!("/title/en")) && pointers.contains(&&json!("/links/0/url")));
    assert_eq!(desk.world.end(), before);
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_was_never_published_cannot_be_unpublished() {
    let desk = Desk::new();
    let nobody = "01900000-0000-7000-8000-000000000000";
    for path in [
        format!("/api/v1/programs/{nobody}"),
        format!("/api/v1/episodes/{nobody}"),
        format!("/api/v1/programs/{nobody}/episodes/{nobody}"),
        "/api/v1/programs/night-trains".to_owned(),
    ] {
        let answer = patch(&desk, &path, None, json!({"author": "x"})).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    let answer = create(
        &desk,
        &format!("/api/v1/programs/{nobody}/episodes"),
        &episode(),
    )
    .await;
    assert_eq!(answer.status, 404);
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}/unpublish", made.id());
    let answer = create(&desk, &path, &json!({})).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (409, &json!("not_published"))
    );
}

#[tokio::test]
async fn an_episode_that_the_view_does_not_show_yet_is_found_at_its_position_or_not_at_all() {
    let desk = Desk::new();
    let made = create(&desk, "/api/v1/programs", &program()).await;
    let path = format!("/api/v1/programs/{}/episodes", made.id());
    let made = create(&desk, &path, &episode()).await;
    desk.world.lock().stalled = true;
    let answer = call("PATCH", format!("/api/v1/episodes/{}", made.id()))
        .key(&desk.editor)
        .header("if-position-at-least", made.header("position"))
        .json(&json!({"number": 1}))
        .send(&desk)
        .await;
    assert_eq!(answer.status, 412);
    assert!(answer.headers.contains_key("position"));
}
