//! Histories, timelines and runs.

use super::scene::{Scene, episode, program};
use http::StatusCode;
use mediamesh_domain::id::{CommandId, ItemKind, ItemRef, RunId, SourceId};
use mediamesh_domain::position::{Partition, Position, Seq, Version};
use mediamesh_domain::project;
use mediamesh_domain::verdict::{
    Accepted, EntryOutcome, Finding, ImportOutcome, Outcome, Refusal, RefusalKind, Verdict,
};
use mediamesh_domain::view::{View, ViewVersion};
use uuid::Uuid;

#[tokio::test]
async fn a_history_says_who_when_and_what_newest_first() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Prat")], 1), true);
    scene.patch(id, part, r#"{"title": {"en": "Part"}}"#, true);
    scene.unpublish(id, part);
    let answer = scene
        .desk_get(&format!("/api/v1/desk/episodes/{part}/history"))
        .await;
    let json = answer.json();
    let events: Vec<&str> = json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["event"].as_str().unwrap())
        .collect();
    assert_eq!(events[0], "episode_unpublished");
    assert_eq!(events.last(), Some(&"episode_created"));
    let newest = &json["data"][0];
    assert_eq!(newest["reason"], "rights");
    assert_eq!(newest["by"]["id"], "editor");
    assert_eq!(newest["at"], scene.now().to_string());
    let update = json["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["event"] == "episode_updated");
    let change = &update.unwrap()["changes"];
    assert_eq!(
        *change,
        serde_json::json!([{"pointer": "/title/en", "value": "Part"}])
    );
    let made = json["data"].as_array().unwrap().last().unwrap();
    let pointers: Vec<&str> = made["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["pointer"].as_str().unwrap())
        .collect();
    assert!(
        pointers.contains(&"/title/en") && pointers.contains(&"/enclosures"),
        "{pointers:?}"
    );
    assert_eq!(made["version"], 1);
}

#[tokio::test]
async fn a_history_comes_in_pages() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    for n in 0..5 {
        scene.patch_program(id, &format!(r#"{{"author": "Number {n}"}}"#));
    }
    let mut path = format!("/api/v1/desk/programs/{id}/history?limit=3");
    let mut versions = Vec::new();
    loop {
        let page = scene.desk_get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        let json = page.json();
        versions.extend(
            json["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| e["version"].as_i64().unwrap()),
        );
        let Some(next) = page.next() else { break };
        path = next;
    }
    let expected: Vec<i64> = (1..=versions[0]).rev().collect();
    assert_eq!(versions, expected);
    let nobody = format!("/api/v1/desk/programs/{}/history", Uuid::nil());
    assert_eq!(scene.desk_get(&nobody).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_timeline_says_when_each_view_had_come_to_an_event() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Part")], 1), false);
    let path = format!("/api/v1/desk/episodes/{part}/timeline");
    let json = scene.desk_get(&path).await.json();
    let entry = &json["data"][0];
    assert_eq!(entry["event"], "episode_created");
    let views: Vec<&str> = entry["views"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["view"].as_str().unwrap())
        .collect();
    assert_eq!(views, ["catalog", "search", "history"]);
    assert_eq!(entry["appended_at"], entry["decided_at"]);
    for view in entry["views"].as_array().unwrap() {
        assert_eq!(view["at"], entry["decided_at"], "{view}");
    }
    // A flush that comes later and reaches further does not move what was already there.
    scene.pass(100);
    let partition = Partition(entry["partition"].as_i64().unwrap() as i32);
    let later = Seq(entry["seq"].as_i64().unwrap() + 5);
    scene.reached(View::Catalog, &Position::at(partition, later));
    assert_eq!(
        scene.desk_get(&path).await.json()["data"][0]["views"],
        entry["views"]
    );
}

#[tokio::test]
async fn a_view_that_is_behind_has_no_time_yet() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Part")], 1), false);
    scene
        .rows
        .rows
        .lock()
        .unwrap()
        .retain(|(_, key), _| !String::from_utf8_lossy(&key.partition_key).starts_with("search/"));
    let json = scene
        .desk_get(&format!("/api/v1/desk/episodes/{part}/timeline"))
        .await
        .json();
    let views = json["data"][0]["views"].as_array().unwrap().clone();
    let search = views.iter().find(|view| view["view"] == "search").unwrap();
    assert!(search["at"].is_null(), "{search}");
}

#[tokio::test]
async fn a_run_lists_what_became_of_each_entry() {
    let scene = Scene::new();
    let run = RunId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_aaaa));
    let view = ViewVersion::new(View::Verdicts, 1);
    for index in -1..3 {
        let rows = project::verdict(&verdict(run, index), Seq(i64::from(index) + 10));
        rows.into_iter().for_each(|row| scene.rows.write(view, row));
    }
    let first = scene
        .desk_get(&format!("/api/v1/desk/runs/{run}?limit=3"))
        .await;
    let json = first.json();
    let indexes = |json: &serde_json::Value| -> Vec<i64> {
        json["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["index"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(indexes(&json), [-1, 0, 1]);
    assert_eq!(json["data"][1]["outcome"], "created");
    let last = scene.desk_get(&first.next().unwrap()).await;
    assert_eq!((indexes(&last.json()), last.next()), (vec![2], None));
    let refused = &last.json()["data"][0];
    assert_eq!(refused["code"], "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/title");
    let missing = scene
        .desk_get(&format!("/api/v1/desk/runs/{}", Uuid::nil()))
        .await;
    assert_eq!(
        (missing.status.as_u16(), missing.code().as_str()),
        (404, "no_such_run")
    );
}

fn verdict(run_id: RunId, index: i32) -> Verdict {
    let refusal = Refusal {
        kind: RefusalKind::Invalid,
        code: "invalid".to_owned(),
        message: "the entry breaks rules".to_owned(),
        errors: vec![Finding::new("/title", "title_missing", "a title is needed")],
        current_version: None,
        conflicts: Vec::new(),
    };
    let accepted = Accepted {
        item: ItemRef {
            kind: ItemKind::Episode,
            id: Uuid::from_u128(5),
        },
        version: Version(1),
        events: Vec::new(),
        partition: Partition(0),
        seq: Seq(1),
        rebased_on: None,
        warnings: Vec::new(),
    };
    let refused = index == 2;
    Verdict {
        command_id: CommandId(Uuid::from_u128(9)),
        program_id: None,
        command: "import_episode".to_owned(),
        decided_at: super::scene::START,
        correlation_id: None,
        import: Some(ImportOutcome {
            source_id: SourceId(Uuid::from_u128(4)),
            run_id,
            index,
            outcome: if refused {
                EntryOutcome::Refused
            } else {
                EntryOutcome::Created
            },
            repairs: 0,
            repaired: Vec::new(),
            matched_by: None,
        }),
        outcome: if refused {
            Outcome::Refused(refusal)
        } else {
            Outcome::Accepted(accepted)
        },
    }
}

#[tokio::test]
async fn a_version_is_the_whole_draft_as_it_was_then() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Prat")], 1), true);
    let made_at = scene.now().to_string();
    scene.patch(id, part, r#"{"title": {"en": "Part", "ar": "جزء"}}"#, true);
    scene.unpublish(id, part);
    let at = |version: i64| format!("/api/v1/desk/episodes/{part}/versions/{version}");
    let first = scene.desk_get(&at(1)).await.json();
    assert_eq!(first["fields"]["title"], serde_json::json!({"en": "Prat"}));
    assert_eq!(first["event"], "episode_created");
    assert_eq!(first["by"]["id"], "editor");
    assert_eq!(first["at"], made_at);
    // What was published and taken back has the draft that stood then.
    let published = scene.desk_get(&at(2)).await.json();
    assert_eq!(published["event"], "episode_published");
    assert_eq!(published["fields"], first["fields"]);
    let newest = scene.desk_get(&at(5)).await.json();
    assert_eq!(newest["event"], "episode_unpublished");
    assert_eq!(newest["reason"], "rights");
    assert_eq!(newest["fields"]["title"]["ar"], "جزء");
    for version in [0, -1, 6, i64::MAX] {
        let answer = scene.desk_get(&at(version)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{version}");
        assert_eq!(answer.json()["code"], "no_such_version");
    }
    let nobody = format!("/api/v1/desk/programs/{}/versions/1", Uuid::nil());
    assert_eq!(scene.desk_get(&nobody).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_draft_is_found_behind_many_events_that_say_none() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    let part = scene.episode(id, episode(&[("en", "Part")], 1), true);
    for _ in 0..20 {
        scene.unpublish(id, part);
        scene.patch(id, part, "{}", true);
    }
    let path = format!("/api/v1/desk/episodes/{part}/versions/40");
    let json = scene.desk_get(&path).await.json();
    assert_eq!(json["version"], 40);
    assert_eq!(json["fields"]["title"]["en"], "Part");
}

#[tokio::test]
async fn a_diff_has_both_values_of_each_field_that_differs() {
    let scene = Scene::new();
    let id = scene.program(program(&[("en", "Program")]), true);
    scene.patch_program(id, r#"{"title": {"ar": "برنامج"}, "author": "Ada"}"#);
    scene.patch_program(id, r#"{"author": "Bee"}"#);
    let path = format!("/api/v1/desk/programs/{id}/diff");
    let json = scene.desk_get(&format!("{path}?from=1&to=3")).await.json();
    assert_eq!(
        (&json["from"]["version"], &json["to"]["version"]),
        (&1.into(), &3.into())
    );
    assert_eq!(
        json["changes"],
        serde_json::json!([
            {"pointer": "/author", "from": null, "to": "Ada"},
            {"pointer": "/title/ar", "from": null, "to": "برنامج"},
        ])
    );
    // The other way round, from the newest.
    let json = scene.desk_get(&format!("{path}?from=3")).await.json();
    assert_eq!(
        json["changes"],
        serde_json::json!([{"pointer": "/author", "from": "Ada", "to": "Bee"}])
    );
    let same = scene.desk_get(&format!("{path}?from=1&to=1")).await.json();
    assert_eq!(same["changes"], serde_json::json!([]));
    for wrong in ["", "?from=x", "?from=1&to=2&by=3"] {
        let answer = scene.desk_get(&format!("{path}{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
