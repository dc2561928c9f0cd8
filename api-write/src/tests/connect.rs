//! Trying, pushing and approving.

use super::world::*;
use crate::connect::PushedBody;
use mediamesh_domain::command::{
    Command, CommandBody, FetchOrder, ImportEpisode, ImportOrigin, ImportProgram, Principal,
};
use mediamesh_domain::id::{CommandId, RunId, SourceId};
use mediamesh_domain::model::{EpisodeFields, ProgramFields, SourceFormat, SourcePolicies};
use mediamesh_domain::position::Seq;
use mediamesh_ports::event_log::partition_of_program;
use serde_json::json;
use uuid::Uuid;

async fn source(desk: &Desk, name: &str) -> String {
    let body = json!({"name": name, "url": format!("https://{name}.example/feed.xml")});
    let made = call("POST", "/api/v1/sources").key(&desk.admin).json(&body);
    made.send(desk).await.id().to_owned()
}

/// A key that pushes to these sources.
async fn pusher(desk: &Desk, sources: &[&str]) -> String {
    let body = json!({"name": "connector", "scopes": ["ingest:push"], "sources": sources});
    let made = call("POST", "/api/v1/keys").key(&desk.admin).json(&body);
    let made = made.send(desk).await;
    made.body["key"].as_str().unwrap().to_owned()
}

fn push(key: &str, source: &str) -> Call {
    call("POST", format!("/api/v1/ingest/{source}")).key(key)
}

#[tokio::test]
async fn a_push_is_answered_entry_by_entry() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let key = pusher(&desk, &[&source]).await;
    let body = json!([
        {"program": {"title": "Night Bus"}},
        {"entry": {"id": "1", "title": "One"}, "feed": {"url": "https://a.example/"}},
        {"entry": "no object"},
        {"format": "cassette", "entry": {}},
        {},
    ]);
    let answer = push(&key, &source).json(&body).send(&desk).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(
        (&answer.body["accepted"], &answer.body["rejected"]),
        (&json!(2), &json!(3))
    );
    let accepted: Vec<bool> = answer.body["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["accepted"].as_bool().unwrap())
        .collect();
    assert_eq!(accepted, [true, true, false, false, false]);
    assert_eq!(answer.body["entries"][2]["error"]["pointer"], "/2/entry");
    let run = answer.body["run_id"].as_str().unwrap();
    assert_eq!(answer.body["run_url"], format!("/api/v1/desk/runs/{run}"));
    let pushed = desk.world.lock().pushed.clone();
    assert_eq!(pushed[0].run_id.to_string(), run);
    assert!(matches!(pushed[0].entries[0].body, PushedBody::Program(_)));
    assert_eq!(pushed[0].rejected, 2);
}

#[tokio::test]
async fn lines_of_json_are_taken_too_and_the_same_key_is_the_same_run() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let key = pusher(&desk, &[&source]).await;
    let lines = "{\"entry\":{\"title\":\"One\"}}\n\n{\"entry\":{\"title\":\"Two\"}}\n";
    let mut runs = Vec::new();
    for _ in 0..2 {
        let call = push(&key, &source).header("idempotency-key", "\"k\"");
        let answer = call.text("application/x-ndjson", lines).send(&desk).await;
        assert_eq!((answer.status, &answer.body["accepted"]), (202, &json!(2)));
        runs.push(answer.body["run_id"].clone());
    }
    assert_eq!(runs[0], runs[1]);
    assert!(desk.world.lock().pushed[0].payload_hash.is_some());
}

#[tokio::test]
async fn a_key_pushes_to_its_own_sources_alone() {
    let desk = Desk::new();
    let (mine, other) = (source(&desk, "mine").await, source(&desk, "other").await);
    let key = pusher(&desk, &[&mine]).await;
    let body = json!([{"entry": {"title": "One"}}]);
    let refused = push(&key, &other).json(&body).send(&desk).await;
    assert_eq!(
        (refused.status, refused.body["code"].as_str()),
        (403, Some("source_not_bound"))
    );
    let editor = push(&desk.editor, &mine).json(&body).send(&desk).await;
    assert_eq!(
        (editor.status, editor.body["code"].as_str()),
        (403, Some("scope_missing"))
    );
    assert!(desk.world.lock().pushed.is_empty());
    let admin = push(&desk.admin, &mine).json(&body).send(&desk).await;
    assert_eq!(admin.status, 202);
}

#[tokio::test]
async fn a_push_that_nothing_can_be_taken_of_is_refused_whole() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let key = pusher(&desk, &[&source]).await;
    let none = push(&key, &source).json(&json!([])).send(&desk).await;
    assert_eq!((none.status, none.error().1), (422, "no_entries"));
    let wrong = push(&key, &source)
        .json(&json!([{"entree": 1}]))
        .send(&desk)
        .await;
    assert_eq!((wrong.status, wrong.error()), (422, ("/0", "wrong_shape")));
    let text = push(&key, &source)
        .text("text/plain", "x")
        .send(&desk)
        .await;
    assert_eq!(text.status, 415);
    let broken = push(&key, &source)
        .text("application/json", "[{")
        .send(&desk)
        .await;
    assert_eq!(broken.status, 400);
    let many: Vec<_> = (0..1001).map(|n| json!({"entry": {"id": n}})).collect();
    let many = push(&key, &source).json(&json!(many)).send(&desk).await;
    assert_eq!(
        (many.status, many.body["code"].as_str()),
        (413, Some("too_many_entries"))
    );
}

#[tokio::test]
async fn a_large_push_is_taken_where_a_large_command_is_not() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let key = pusher(&desk, &[&source]).await;
    let text = "x".repeat(500_000);
    let entries: Vec<_> = (0..10)
        .map(|n| json!({"entry": {"id": n, "text": text}}))
        .collect();
    let taken = push(&key, &source).json(&json!(entries)).send(&desk).await;
    assert_eq!(taken.status, 202);
    let too_many: Vec<_> = (0..40)
        .map(|n| json!({"entry": {"id": n, "text": text}}))
        .collect();
    let refused = push(&key, &source).json(&json!(too_many)).send(&desk).await;
    assert_eq!(refused.status, 413);
}

#[tokio::test]
async fn a_source_that_others_push_to_needs_no_address() {
    let desk = Desk::new();
    let body = json!({"name": "pushed", "format": "push"});
    let made = call("POST", "/api/v1/sources").key(&desk.admin).json(&body);
    let made = made.send(&desk).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let taken = push(&desk.admin, made.id()).json(&json!([{"entry": {}}]));
    assert_eq!(taken.send(&desk).await.status, 202);
    let body = json!({"name": "neither"});
    let refused = call("POST", "/api/v1/sources").key(&desk.admin).json(&body);
    assert_eq!(refused.send(&desk).await.error().0, "/url");
}

#[tokio::test]
async fn a_paused_source_takes_no_entries() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let key = pusher(&desk, &[&source]).await;
    let path = format!("/api/v1/sources/{source}");
    let pause = call("PATCH", path)
        .key(&desk.admin)
        .json(&json!({"paused": true}));
    assert_eq!(pause.send(&desk).await.status, 200);
    let refused = push(&key, &source)
        .json(&json!([{"entry": {}}]))
        .send(&desk)
        .await;
    assert_eq!(
        (refused.status, refused.body["code"].as_str()),
        (409, Some("source_paused"))
    );
}

#[tokio::test]
async fn a_key_that_pushes_names_its_sources() {
    let desk = Desk::new();
    let body = json!({"name": "connector", "scopes": ["ingest:push"]});
    let made = call("POST", "/api/v1/keys").key(&desk.admin).json(&body);
    assert_eq!(
        made.send(&desk).await.error(),
        ("/sources", "sources_missing")
    );
}

#[tokio::test]
async fn a_trial_is_of_a_source_an_address_or_a_document_and_appends_nothing() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let before = desk.world.lock().appended.len();
    let test = |body: &serde_json::Value| {
        let test = call("POST", "/api/v1/sources/test").key(&desk.admin);
        test.json(body)
    };
    let known = test(&json!({"source": source})).send(&desk).await;
    assert_eq!((known.status, &known.body["known"]), (200, &json!(true)));
    assert_eq!(known.body["title"], "https://a.example/feed.xml");
    let by_address = test(&json!({"url": "HTTPS://A.example:443/feed.xml"}))
        .send(&desk)
        .await;
    assert_eq!(by_address.body["known"], true);
    let new = test(&json!({"url": "https://new.example/"}))
        .send(&desk)
        .await;
    assert_eq!((new.status, &new.body["known"]), (200, &json!(false)));
    let document = test(&json!({"content": "<rss/>"})).send(&desk).await;
    assert_eq!(document.status, 200);
    assert_eq!(test(&json!({})).send(&desk).await.status, 422);
    let missing = test(&json!({"source": Uuid::nil()})).send(&desk).await;
    assert_eq!(missing.status, 404);
    assert_eq!(desk.world.lock().appended.len(), before);
}

#[tokio::test]
async fn a_secret_is_not_tried_at_another_address() {
    let desk = Desk::new();
    let source = source(&desk, "a").await;
    let path = format!("/api/v1/sources/{source}");
    let named = call("PATCH", path)
        .key(&desk.admin)
        .json(&json!({"secret_name": "a"}));
    assert_eq!(named.send(&desk).await.status, 200);
    for (url, secret) in [
        ("https://b.example/", None),
        ("https://a.example/feed.xml", Some("a")),
    ] {
        let body = json!({"source": source, "url": url});
        let test = call("POST", "/api/v1/sources/test")
            .key(&desk.admin)
            .json(&body);
        assert_eq!(test.send(&desk).await.status, 200);
        let tried = desk.world.lock().tried.pop().unwrap();
        assert_eq!(tried.source.secret_name.as_deref(), secret);
    }
}

#[tokio::test]
async fn a_source_that_is_not_made_yet_is_tried_as_it_would_be_made() {
    let desk = Desk::new();
    let test = |body: serde_json::Value| {
        let test = call("POST", "/api/v1/sources/test").key(&desk.admin);
        test.json(&body)
    };
    let mapping = r#"{"entries": "/items", "fields": {"title": "/name"}}"#;
    let program = Uuid::from_u128(9).to_string();
    let rule = json!({"when": {"season": 2}, "then": {"program_id": program}});
    let said = json!({
        "url": "https://new.example/api", "format": "json", "mapping": mapping, "secret_name": "mine",
        "rules": [rule], "max_pages": 3, "respect_locked": false,
    });
    let answer = test(said).send(&desk).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let tried = desk.world.lock().tried.pop().unwrap().source;
    assert_eq!(tried.format, SourceFormat::Json);
    assert_eq!(tried.mapping.as_deref(), Some(mapping));
    assert_eq!(tried.secret_name.as_deref(), Some("mine"));
    assert_eq!(tried.rules[0].when.season, Some(2));
    assert_eq!((tried.max_pages, tried.respect_locked), (Some(3), false));
    let wrong =
        json!({"content": "[]", "format": "json", "mapping": "{\"fields\": {\"titel\": \"/a\"}}"});
    let refused = test(wrong).send(&desk).await;
    assert_eq!(
        (refused.status, refused.error()),
        (422, ("/mapping/fields/titel", "mapping_unknown_field"))
    );
}

const RUN: RunId = RunId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0077));

/// Imports a program and so many episodes, which wait for an editor.
fn imported(desk: &Desk, episodes: i32) {
    let source_id = SourceId(Uuid::from_u128(4));
    let program_id = source_id.own_program();
    for index in -1..episodes {
        let origin = ImportOrigin {
            source_id,
            run_id: RUN,
            order: FetchOrder {
                fetched_at: NOW,
                index,
            },
            policies: SourcePolicies::default(),
            raw_hash: index.to_be_bytes().to_vec(),
            repairs: Vec::new(),
            renormalised: false,
        };
        let body = if index < 0 {
            let fields: ProgramFields = serde_json::from_value(program()).unwrap();
            CommandBody::ImportProgram(ImportProgram { origin, fields })
        } else {
            let mut fields: EpisodeFields = serde_json::from_value(episode()).unwrap();
            fields.guid = Some(format!("e-{index}"));
            fields.enclosures[0].url = format!("https://media.example/{index}.mp3");
            CommandBody::ImportEpisode(ImportEpisode { origin, fields })
        };
        let command = Command {
            command_id: CommandId(Uuid::from_u128(900 + index as u128 % 900)),
            program_id,
            at: NOW,
            principal: Principal::source(source_id),
            expected: None,
            reply_to: None,
            payload_hash: None,
            correlation_id: None,
            body,
        };
        desk.world.import(partition_of_program(program_id), command);
    }
}

fn approve(desk: &Desk, query: &str) -> Call {
    call("POST", format!("/api/v1/runs/{RUN}/approve{query}")).key(&desk.editor)
}

#[tokio::test]
async fn a_run_is_approved_at_once_and_again_without_harm() {
    let desk = Desk::new();
    imported(&desk, 3);
    let before = desk.world.end();
    let dry = approve(&desk, "?dry_run=true").send(&desk).await;
    assert_eq!(
        (dry.status, &dry.body["in_review"]),
        (200, &json!(4)),
        "{}",
        dry.text
    );
    assert_eq!(
        (&dry.body["published"], desk.world.end()),
        (&json!(0), before)
    );
    let done = approve(&desk, "").send(&desk).await;
    assert_eq!(
        (&done.body["published"], &done.body["pending"]),
        (&json!(4), &json!(0)),
        "{}",
        done.text
    );
    let after = desk.world.end();
    assert_eq!(after, (before.0 + 4, Seq(before.1.0)));
    let again = approve(&desk, "").send(&desk).await;
    assert_eq!(
        (&again.body["published"], desk.world.end()),
        (&json!(0), after)
    );
}

#[tokio::test]
async fn a_run_of_which_nothing_is_known_is_not_there() {
    let desk = Desk::new();
    assert_eq!(approve(&desk, "").send(&desk).await.status, 404);
    let reader = call("POST", format!("/api/v1/runs/{RUN}/approve")).key(&desk.reader);
    assert_eq!(reader.send(&desk).await.status, 403);
}
