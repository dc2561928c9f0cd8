//! Sources and keys.

use super::world::{Answer, Desk, call, program};
use serde_json::{Value, json};

async fn source(desk: &Desk, name: &str, url: &str) -> Answer {
    let body = json!({"name": name, "url": url, "interval_s": 3600});
    call("POST", "/api/v1/sources")
        .key(&desk.admin)
        .json(&body)
        .send(desk)
        .await
}

#[tokio::test]
async fn a_source_is_made_once_for_an_address_however_it_is_spelt() {
    let desk = Desk::new();
    let made = source(&desk, "trains", "https://feeds.example/trains.xml").await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        made.header("location"),
        format!("/api/v1/sources/{}", made.id())
    );
    assert!(made.body.get("position").is_none());
    let again = source(&desk, "trains", "feed://FEEDS.example:443/trains.xml#top").await;
    assert_eq!(
        (again.status, again.id()),
        (200, made.id()),
        "{}",
        again.text
    );
    let state = &desk.world.lock().control;
    let entry = state.sources.values().next().unwrap();
    assert_eq!(entry.fields.policies, Default::default());
}

#[tokio::test]
async fn a_source_without_a_fetchable_address_is_refused() {
    let desk = Desk::new();
    for url in [
        "",
        "not a url",
        "ftp://x.example/",
        "https://me:pw@feeds.example/a",
    ] {
        let answer = source(&desk, "x", url).await;
        assert_eq!(answer.status, 422, "{url}: {}", answer.text);
        assert_eq!(answer.error().0, "/url", "{url}");
        assert!(!answer.text.contains("pw"));
    }
    assert!(desk.world.lock().appended.is_empty());
}

#[tokio::test]
async fn a_taken_name_is_a_conflict_and_a_short_interval_breaks_a_rule() {
    let desk = Desk::new();
    source(&desk, "trains", "https://feeds.example/a").await;
    let end = desk.world.end();
    assert_eq!(
        source(&desk, "Trains", "https://feeds.example/b")
            .await
            .status,
        409
    );
    let body = json!({"name": "b", "url": "https://feeds.example/b", "interval_s": 1});
    let answer = call("POST", "/api/v1/sources")
        .key(&desk.admin)
        .json(&body)
        .send(&desk)
        .await;
    assert_eq!((answer.status, answer.error().0), (422, "/interval_s"));
    assert_eq!(desk.world.end(), end);
}

#[tokio::test]
async fn a_source_is_patched_against_its_version() {
    let desk = Desk::new();
    let made = source(&desk, "trains", "https://feeds.example/a").await;
    let patch = |tag: &'static str, body: Value| {
        call("PATCH", made.header("location"))
            .key(&desk.admin)
            .header("if-match", tag)
            .json(&body)
    };
    let answer = patch("\"1\"", json!({"paused": true})).send(&desk).await;
    assert_eq!(
        (answer.status, answer.header("etag")),
        (200, "\"2\""),
        "{}",
        answer.text
    );
    assert_eq!(
        patch("\"1\"", json!({"paused": false}))
            .send(&desk)
            .await
            .status,
        412
    );
    let answer = patch("\"2\"", json!({"pause": true})).send(&desk).await;
    assert_eq!(
        (answer.status, answer.error()),
        (422, ("/pause", "unknown_field"))
    );
}

#[tokio::test]
async fn a_poll_tells_what_it_found_or_that_it_goes_on_or_why_not() {
    let desk = Desk::new();
    for (name, status) in [("fine", 200), ("slow", 202), ("busy", 409), ("broken", 502)] {
        let made = source(&desk, name, &format!("https://feeds.example/{name}")).await;
        let path = format!("{}/poll", made.header("location"));
        let answer = call("POST", path).key(&desk.admin).send(&desk).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        match name {
            "fine" => assert_eq!(answer.body["appended"], 2),
            "slow" => assert_eq!(answer.body["status"], "running"),
            "broken" => assert_eq!(answer.header("retry-after"), "9"),
            _ => {}
        }
    }
    let nobody = "/api/v1/sources/01900000-0000-7000-8000-000000000000/poll";
    assert_eq!(
        call("POST", nobody)
            .key(&desk.admin)
            .send(&desk)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_new_key_opens_at_once_and_not_after_it_is_revoked() {
    let desk = Desk::new();
    let body = json!({"name": "ci", "scopes": ["content:write"]});
    let made = call("POST", "/api/v1/keys")
        .key(&desk.admin)
        .json(&body)
        .send(&desk)
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let key = made.body["key"].as_str().unwrap().to_owned();
    let write = || call("POST", "/api/v1/programs").key(&key).json(&program());
    assert_eq!(write().send(&desk).await.status, 201);
    let revoke = || call("DELETE", made.header("location")).key(&desk.admin);
    let revoked = revoke().send(&desk).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (204, ""));
    assert_eq!(revoke().send(&desk).await.status, 204);
    assert_eq!(write().send(&desk).await.status, 401);
    assert_eq!(
        call("DELETE", "/api/v1/keys/0")
            .key(&desk.admin)
            .send(&desk)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stands_nowhere_else() {
    let desk = Desk::new();
    let body = json!({"name": "ci", "scopes": ["content:write"]});
    let make = || {
        call("POST", "/api/v1/keys")
            .key(&desk.admin)
            .header("idempotency-key", "\"once\"")
            .json(&body)
    };
    let made = make().send(&desk).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.body["key"]
        .as_str()
        .unwrap()
        .split_once('.')
        .unwrap()
        .1
        .to_owned();
    let again = make().send(&desk).await;
    assert_eq!(
        (again.status, &again.body["code"]),
        (409, &json!("secret_was_shown"))
    );
    let list = call("GET", "/api/v1/keys")
        .key(&desk.admin)
        .send(&desk)
        .await;
    assert!(list.text.contains(made.body["prefix"].as_str().unwrap()));
    assert!(!again.text.contains("mm_") && !list.text.contains(&secret));
    for record in &desk.world.lock().appended {
        let bytes = record.value.as_deref().unwrap();
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "the secret stands in a record");
    }
}

#[tokio::test]
async fn a_key_needs_a_name_and_scopes_that_there_are() {
    let desk = Desk::new();
    let body = json!({"name": " ", "scopes": ["content:write", "root"]});
    let answer = call("POST", "/api/v1/keys")
        .key(&desk.admin)
        .json(&body)
        .send(&desk)
        .await;
    assert_eq!((answer.status, answer.error().0), (422, "/name"));
    assert_eq!(answer.body["errors"][1]["pointer"], "/scopes/1");
    let answer = call("POST", "/api/v1/keys")
        .key(&desk.admin)
        .json(&json!({"name": "x"}))
        .send(&desk)
        .await;
    assert_eq!(answer.error(), ("/scopes", "scopes_missing"));
}
