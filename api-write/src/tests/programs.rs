//! Programs that become part of another, and themselves again. Time stands still, so that no answer is late for the
//! work that it waits for.

use super::world::{Answer, Desk, Mode, call, episode, program};
use mediamesh_domain::command::{CommandBody, PrincipalKind};
use serde_json::{Value, json};

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    let call = call("POST", path).key(&desk.editor).json(body);
    call.send(desk).await
}

/// A program with so many episodes that are live.
async fn with_episodes(desk: &Desk, mark: &str, episodes: usize) -> (String, Vec<String>) {
    let made = post(desk, "/api/v1/programs?publish=true", &program()).await;
    let path = format!("/api/v1/programs/{}/episodes?publish=true", made.id());
    let mut ids = Vec::new();
    for n in 0..episodes {
        let mut fields = episode();
        fields["guid"] = json!(format!("{mark}-{n}"));
        fields["enclosures"][0]["url"] = json!(format!("https://media.example/{mark}/{n}.mp3"));
        ids.push(post(desk, &path, &fields).await.id().to_owned());
    }
    (made.id().to_owned(), ids)
}

async fn merge(desk: &Desk, from: &str, into: &str) -> Answer {
    let path = format!("/api/v1/programs/{from}/merge");
    post(desk, &path, &json!({"into": into, "reason": "the same"})).await
}

#[tokio::test(start_paused = true)]
async fn a_program_is_merged_with_its_episodes_and_sources_and_itself_again() {
    let desk = Desk::new();
    let (from, episodes) = with_episodes(&desk, "old", 60).await;
    let (into, _) = with_episodes(&desk, "new", 1).await;
    let source =
        json!({"name": "a", "url": "https://a.example/feed.xml", "program_id": from.as_str()});
    let made = call("POST", "/api/v1/sources")
        .key(&desk.admin)
        .json(&source);
    let source = made.send(&desk).await.id().to_owned();

    let merged = merge(&desk, &from, &into).await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    assert_eq!(
        (&merged.body["status"], &merged.body["episodes"]),
        (&json!("done"), &json!(60))
    );
    assert_eq!(merged.body["sources"], json!([source]));
    assert_eq!(merged.body["position"], merged.header("position"));
    let moved = patch(&desk, &episodes[0]).await;
    assert_eq!((moved.status, &moved.body["code"]), (409, &"merged".into()));
    assert_eq!(bound(&desk, &source), json!(into));

    let again = merge(&desk, &from, &into).await;
    assert_eq!((again.status, &again.body["episodes"]), (200, &json!(0)));

    let unmerge = format!("/api/v1/programs/{from}/unmerge");
    let back = post(&desk, &unmerge, &json!({})).await;
    assert_eq!(
        (back.status, &back.body["episodes"]),
        (200, &json!(60)),
        "{}",
        back.text
    );
    assert_eq!(bound(&desk, &source), json!(from));
    assert_eq!(patch(&desk, &episodes[0]).await.status, 200);
}

async fn patch(desk: &Desk, episode: &str) -> Answer {
    call("PATCH", format!("/api/v1/episodes/{episode}"))
        .key(&desk.editor)
        .text("application/merge-patch+json", r#"{"season": 2}"#)
        .send(desk)
        .await
}

/// The program that a source feeds.
fn bound(desk: &Desk, source: &str) -> Value {
    let control = mediamesh_ports::control::Control::current(&*desk.world);
    json!(control.sources[&source.parse().unwrap()].fields.program_id)
}

#[tokio::test(start_paused = true)]
async fn the_history_says_who_merged_programs_and_why() {
    let desk = Desk::new();
    let (from, _) = with_episodes(&desk, "old", 1).await;
    let (into, _) = with_episodes(&desk, "new", 0).await;
    let before = desk.world.lock().commands.len();
    assert_eq!(merge(&desk, &from, &into).await.status, 200);
    let inner = desk.world.lock();
    let commands = &inner.commands[before..];
    assert_eq!(commands.len(), 4);
    for command in commands {
        assert_eq!(command.principal.kind, PrincipalKind::ApiKey);
        assert!(command.correlation_id.is_some());
    }
    let CommandBody::MergeProgram(close) = &commands[3].body else {
        panic!("{:?}", commands[3].body)
    };
    assert_eq!(close.reason.as_deref(), Some("the same"));
}

#[tokio::test(start_paused = true)]
async fn programs_that_cannot_be_merged_are_left_as_they_are() {
    let desk = Desk::new();
    let (a, _) = with_episodes(&desk, "a", 1).await;
    let (b, _) = with_episodes(&desk, "b", 0).await;
    let (c, _) = with_episodes(&desk, "c", 0).await;
    let nobody = "01900000-0000-7000-8000-000000000000";
    assert_eq!(merge(&desk, &a, &b).await.status, 200);
    let end = desk.world.end();
    for (from, into, status, code) in [
        (&a, a.as_str(), 422, "invalid_fields"),
        (&a, c.as_str(), 409, "merged"),
        (&c, a.as_str(), 409, "target_merged"),
        (&c, nobody, 404, "not_found"),
    ] {
        let answer = merge(&desk, from, into).await;
        let said = answer.body["code"].as_str().unwrap_or("invalid_fields");
        assert_eq!((answer.status, said), (status, code), "{}", answer.text);
    }
    let missing = merge(&desk, nobody, &c).await;
    assert_eq!(missing.status, 404);
    let unmerge = format!("/api/v1/programs/{c}/unmerge");
    let never = post(&desk, &unmerge, &json!({})).await;
    assert_eq!(
        (never.status, &never.body["code"]),
        (409, &"not_merged".into())
    );
    let versioned = post(&desk, &unmerge, &json!({"version": 3})).await;
    assert_eq!((versioned.status, versioned.error().0), (422, "/version"));
    let path = format!("/api/v1/programs/{c}/merge");
    let matched = call("POST", path)
        .key(&desk.editor)
        .header("if-match", "\"1\"")
        .json(&json!({ "into": b }))
        .send(&desk)
        .await;
    assert_eq!(matched.status, 400, "{}", matched.text);
    assert_eq!(desk.world.end(), end, "nothing happened");
}

#[tokio::test(start_paused = true)]
async fn a_merge_that_takes_long_goes_on_and_is_not_begun_twice() {
    let desk = Desk::new();
    let (from, _) = with_episodes(&desk, "old", 1).await;
    let (into, _) = with_episodes(&desk, "new", 0).await;
    desk.world.lock().mode = Mode::Takes;
    let running = merge(&desk, &from, &into).await;
    assert_eq!(
        (running.status, &running.body["status"]),
        (202, &json!("running")),
        "{}",
        running.text
    );
    let second = merge(&desk, &from, &into).await;
    assert_eq!(
        (second.status, &second.body["code"]),
        (409, &"merge_under_way".into())
    );
    assert!(second.headers.contains_key("retry-after"));
    // Nobody decided in time: the next request begins where the first one stopped.
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    desk.world.lock().mode = Mode::Decides;
    let done = merge(&desk, &from, &into).await;
    assert_eq!(
        (done.status, &done.body["episodes"]),
        (200, &json!(1)),
        "{}",
        done.text
    );
}
