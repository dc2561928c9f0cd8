//! Runs and how sources fare, as the desk shows them; lists of items by their state.

use super::scene::{START, Scene, episode, program};
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::{ControlEvent, ControlFact, SourceState};
use mediamesh_domain::id::{CommandId, EventId, RunId, SourceId};
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::{Partition, Seq, Version};
use mediamesh_domain::project;
use mediamesh_domain::run::{
    EntryTally, FeedMove, IngestEvent, IngestFact, MoveOutcome, MovedBy, RunCompleted, RunFailed,
    RunTally, RunTrigger, SourceHealth, advice,
};
use mediamesh_domain::verdict::EntryOutcome;
use mediamesh_domain::view::{RowWrite, View, ViewVersion};
use std::collections::BTreeMap;
use uuid::Uuid;

fn run_id(n: u128) -> RunId {
    RunId(Uuid::from_u128(
        0x0190_0000_0000_7000_8000_0000_0000_0000 + n,
    ))
}

fn source_id(name: &str) -> SourceId {
    SourceId::of_address(&format!("https://{name}.example/feed"))
}

/// Makes sources that are polled every hour.
fn with_sources(scene: &Scene, names: &[&str]) {
    let mut control = (*scene.desk.0.lock().unwrap().clone()).clone();
    for (n, name) in names.iter().enumerate() {
        let fields = SourceFields {
            name: (*name).to_owned(),
            url: format!("https://{name}.example/feed"),
            interval_s: 3600,
            ..SourceFields::default()
        };
        control.evolve(&ControlEvent {
            event_id: EventId(Uuid::from_u128(n as u128)),
            seq: Seq(n as i64 + 1),
            version: Version(1),
            decided_at: START,
            command_id: CommandId(Uuid::from_u128(n as u128)),
            principal: Principal::system("test"),
            correlation_id: None,
            body: ControlFact::SourceCreated(SourceState {
                source_id: source_id(name),
                fields,
            }),
        });
    }
    *scene.desk.0.lock().unwrap() = control.into();
}

fn completed(entries: i64, appended: i64) -> IngestFact {
    IngestFact::Completed(RunCompleted {
        conditional: true,
        not_modified: entries == 0,
        entries,
        appended,
        numbered_from: Some(5),
        numbered_to: Some(9),
        whole: entries > 0,
        ..RunCompleted::default()
    })
}

fn failed() -> IngestFact {
    IngestFact::Failed(RunFailed {
        code: "egress.status".to_owned(),
        reason: "the server answered 404: nothing is there; check the address".to_owned(),
        advice: advice("egress.status", Some(404)).to_owned(),
        status: Some(404),
        retry_after_s: None,
        appended: 0,
        moved: Some(FeedMove::new(
            "https://elsewhere.example/feed",
            MovedBy::Redirect,
            MoveOutcome::Loop,
        )),
    })
}

/// Tells of runs of a source, the first one oldest; each a minute after the last one.
fn tell(scene: &Scene, name: &str, runs: Vec<(u128, IngestFact)>) {
    let view = ViewVersion::new(View::Runs, 1);
    let (source_id, mut health) = (source_id(name), SourceHealth::default());
    for (n, body) in runs {
        let at = START.plus_seconds(n as i64 * 60);
        let event = IngestEvent {
            event_id: IngestEvent::id_of(source_id, run_id(n)),
            source_id,
            run_id: run_id(n),
            trigger: RunTrigger::Fetch,
            started_at: at,
            finished_at: at,
            next_poll: Some(at.plus_seconds(3600)),
            correlation_id: None,
            body,
        };
        health.evolve(&event);
        let rows = project::run(&event, Seq(n as i64));
        rows.into_iter().for_each(|row| scene.rows.write(view, row));
    }
    scene
        .rows
        .write(view, project::health_row(source_id, Seq(9), &health));
}

/// Notes what became of entries, on two partitions of verdicts.
fn note(scene: &Scene, n: u128, outcomes: &[EntryOutcome]) {
    let view = ViewVersion::new(View::Verdicts, 1);
    for partition in 0..2 {
        let mut tally = RunTally::default();
        for (index, outcome) in outcomes
            .iter()
            .enumerate()
            .filter(|(i, _)| i % 2 == partition)
        {
            let entry = EntryTally {
                offset: index as i64,
                outcome: *outcome,
                repairs: 1,
                rung: None,
                codes: BTreeMap::from([("html_closed".to_owned(), 1)]),
                suspicious: false,
            };
            tally.note(index as i32, entry);
            let row = format!(r#"{{"index":{index}}}"#);
            scene.rows.write(
                view,
                RowWrite {
                    key: project::run_entry_key(run_id(n).0, index as i32),
                    seq: Seq(1),
                    value: Some((Vec::new(), row.into_bytes())),
                },
            );
        }
        let key = project::tally_key(run_id(n), Partition(partition as i32));
        scene
            .rows
            .write(view, project::tally_row(key, Seq(1), &tally));
    }
}

async fn get(scene: &Scene, path: &str) -> serde_json::Value {
    let answer = scene.desk_get(path).await;
    assert_eq!(
        answer.status,
        200,
        "{path}: {}",
        String::from_utf8_lossy(&answer.body)
    );
    answer.json()
}

fn ids(page: &serde_json::Value) -> Vec<u128> {
    let data = page["data"].as_array().unwrap().iter();
    let id = |run: &serde_json::Value| run["run_id"].as_str().unwrap().parse::<RunId>().unwrap();
    data.map(|run| id(run).0.as_u128() & 0xff).collect()
}

const CREATED: EntryOutcome = EntryOutcome::Created;
const REFUSED: EntryOutcome = EntryOutcome::Refused;

fn scene() -> Scene {
    let scene = Scene::new();
    with_sources(&scene, &["calm", "loud", "mute"]);
    tell(
        &scene,
        "calm",
        vec![
            (1, completed(3, 3)),
            (3, completed(0, 0)),
            (5, completed(4, 2)),
        ],
    );
    tell(&scene, "loud", vec![(2, completed(1, 1)), (4, failed())]);
    note(&scene, 1, &[CREATED, CREATED, REFUSED]);
    note(&scene, 2, &[CREATED]);
    note(&scene, 5, &[CREATED]);
    scene
}

#[tokio::test]
async fn runs_come_newest_first_in_pages_and_by_source_and_state() {
    let scene = scene();
    let first = scene.desk_get("/api/v1/desk/runs?limit=3").await;
    assert_eq!(
        ids(&first.json()),
        [5, 4, 2],
        "not those where nothing had changed"
    );
    assert_eq!(ids(&get(&scene, &first.next().unwrap()).await), [1]);
    for (query, expected) in [
        ("source=calm", vec![5, 1]),
        ("source=calm&state=not_modified", vec![3]),
        ("state=failed", vec![4]),
        ("state=running", vec![5]),
        ("state=completed&source=loud", vec![2]),
    ] {
        let page = get(&scene, &format!("/api/v1/desk/runs?{query}")).await;
        assert_eq!(ids(&page), expected, "{query}");
    }
    for query in ["state=not_modified", "source=nobody", "state=lost"] {
        let answer = scene.desk_get(&format!("/api/v1/desk/runs?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_run_says_how_many_ended_how_and_what_is_worth_knowing() {
    let scene = scene();
    let run = get(&scene, &format!("/api/v1/desk/runs/{}", run_id(1))).await;
    let counts = &run["run"]["counts"];
    assert_eq!(
        (&counts["created"], &counts["refused"]),
        (&2.into(), &1.into())
    );
    assert_eq!(counts["repairs_by_code"]["html_closed"], 3);
    assert_eq!(
        (&run["run"]["state"], &run["meta"]["counts"]["decided"]),
        (&"completed".into(), &3.into())
    );
    let note = run["run"]["notes"][0].as_str().unwrap();
    assert!(note.starts_with("The feed lists 3 of 9 entries"), "{note}");
    let running = get(&scene, &format!("/api/v1/desk/runs/{}", run_id(5))).await;
    let state = (
        &running["run"]["state"],
        &running["run"]["expected"],
        &running["run"]["decided"],
    );
    assert_eq!(state, (&"running".into(), &2.into(), &1.into()));
    let failed = get(&scene, &format!("/api/v1/desk/runs/{}", run_id(4))).await;
    assert_eq!(failed["run"]["failure"]["status"], 404);
    let note = failed["run"]["notes"][0].as_str().unwrap();
    assert!(note.contains("https://elsewhere.example/feed"), "{note}");
    assert_eq!(failed["data"], serde_json::json!([]));
}

#[tokio::test]
async fn the_entries_of_one_outcome_are_found_without_the_others() {
    let scene = scene();
    let mut outcomes = vec![CREATED; 50];
    outcomes[13] = REFUSED;
    outcomes[44] = REFUSED;
    note(&scene, 1, &outcomes);
    let path = format!("/api/v1/desk/runs/{}?outcome=refused&limit=1", run_id(1));
    let first = scene.desk_get(&path).await;
    assert_eq!(first.json()["data"], serde_json::json!([{"index": 13}]));
    let last = scene.desk_get(&first.next().unwrap()).await;
    assert_eq!(
        (last.json()["data"][0]["index"].as_i64(), last.next()),
        (Some(44), None)
    );
    let none = get(
        &scene,
        &format!("/api/v1/desk/runs/{}?outcome=merged", run_id(1)),
    )
    .await;
    assert_eq!(none["data"], serde_json::json!([]));
    let repaired = get(
        &scene,
        &format!("/api/v1/desk/runs/{}?outcome=repaired", run_id(1)),
    )
    .await;
    assert_eq!(repaired["data"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn sources_say_how_they_fare_and_what_to_change() {
    let scene = scene();
    let page = get(&scene, "/api/v1/desk/sources").await;
    let health = |n: usize| &page["data"][n]["health"];
    assert_eq!(
        [
            &health(0)["state"],
            &health(1)["state"],
            &health(2)["state"]
        ],
        ["ok", "failing", "new"]
    );
    assert_eq!(health(0)["hit_rate"], 1.0 / 3.0);
    assert_eq!(health(0)["entries_unlisted"], 5);
    let error = &health(1)["last_error"];
    assert!(
        error["advice"]
            .as_str()
            .unwrap()
            .contains("Check the address"),
        "{error}"
    );
    let next = START.plus_seconds(4 * 60 + 3600).to_string();
    assert_eq!(health(1)["next_poll"], next.as_str());
    assert_eq!(health(1)["moved"]["outcome"], "loop");
    let notes = &health(1)["notes"];
    let told = |note: &serde_json::Value| {
        note.as_str()
            .unwrap()
            .contains("the source came from there")
    };
    assert!(notes.as_array().unwrap().iter().any(told), "{notes}");
    let failing = get(&scene, "/api/v1/desk/sources?state=failing").await;
    assert_eq!(failing["data"].as_array().unwrap().len(), 1);
    assert_eq!(failing["data"][0]["name"], "loud");
    let one = get(
        &scene,
        &format!("/api/v1/desk/sources/{}", source_id("calm")),
    )
    .await;
    let entries = &one["health"]["entries"];
    assert_eq!(
        (&entries["runs"], &entries["counts"]["created"]),
        (&2.into(), &3.into())
    );
    assert_eq!(entries["guid_churn"], 0.0);
}

#[tokio::test]
async fn items_are_listed_by_their_state() {
    let scene = Scene::new();
    let live = scene.program(program(&[("en", "Live")]), true);
    scene.program(program(&[("en", "Draft")]), false);
    scene.episode(live, episode(&[("en", "Out")], 1), true);
    scene.episode(live, episode(&[("en", "Waiting")], 2), false);
    let titles = |path: String| {
        let scene = &scene;
        async move { scene.desk_get(&path).await.titles() }
    };
    assert_eq!(
        titles("/api/v1/desk/programs?state=draft".into()).await,
        ["Draft"]
    );
    assert_eq!(
        titles("/api/v1/desk/programs?state=published".into()).await,
        ["Live"]
    );
    assert!(
        titles("/api/v1/desk/programs?state=archived".into())
            .await
            .is_empty()
    );
    let episodes = format!("/api/v1/desk/programs/{live}/episodes");
    assert_eq!(titles(format!("{episodes}?state=draft")).await, ["Waiting"]);
    assert_eq!(titles(format!("{episodes}?state=published")).await, ["Out"]);
    assert_eq!(titles(episodes).await.len(), 2);
    let wrong = scene.desk_get("/api/v1/desk/programs?state=lost").await;
    assert_eq!(wrong.status, 400);
}
