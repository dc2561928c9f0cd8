//! Sources from end to end, in one process: what a trial says, what a run then does, and what is told of it.

use mediamesh::instance::Instance;
use mediamesh::operations::{self, Material, Request, SourcesRequest};
use mediamesh::preview::Said;
use mediamesh_domain::control::{ControlBody, CreateSource};
use mediamesh_domain::id::{CommandId, RunId, SourceId};
use mediamesh_domain::model::{Policy, SourceFields, SourcePolicies};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::run::RunState;
use mediamesh_schemas::Topic;
use mediamesh_tests::deployment::{Deployment, On};
use serde_json::{Value, json};
use uuid::Uuid;

mediamesh_tests::on_both!(
    a_trial_says_what_a_run_then_does_and_changes_nothing,
    a_failed_fetch_is_told_with_what_to_change_and_survives_a_restart,
    what_is_pushed_twice_under_one_key_happens_once,
    a_feed_of_the_items_101_to_200_is_told_as_100_of_200,
);

fn feed(items: &[(&str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(guid, title)| {
            format!(
                "<item><guid>{guid}</guid><title>{title}</title>\
                 <pubDate>Mon, 06 Nov 2023 10:00:00 +0000</pubDate>\
                 <enclosure url=\"https://media.example/{guid}.mp3\" type=\"audio/mpeg\" length=\"1\"/></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Night Bus</title><link>https://bus.example/</link>\
         <description>Rides.</description><language>en</language>{items}</channel></rss>"
    )
}

fn material(text: &str) -> Material {
    Material::Bytes {
        name: "bus.xml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

async fn ask(instance: &Instance, request: SourcesRequest) -> Value {
    let request = Request::Sources(request);
    operations::outcome(instance, request).await.unwrap()
}

async fn try_out(instance: &Instance, text: &str) -> Value {
    let request = SourcesRequest::Test {
        source: None,
        material: Some(material(text)),
        policy: Policy::Publish,
        said: Said::default(),
    };
    ask(instance, request).await
}

async fn take_in(instance: &Instance, text: &str) -> Value {
    let request = operations::IngestRequest {
        name: None,
        policy: Policy::Publish,
        material: material(text),
    };
    let request = Request::Ingest(request);
    operations::outcome(instance, request).await.unwrap()
}

/// Where every topic ends; how far views have come is told on its own.
async fn ends(instance: &Instance) -> Vec<(Topic, Vec<Offset>)> {
    let mut ends = Vec::new();
    for topic in Topic::ALL.iter().filter(|t| **t != Topic::ViewProgress) {
        let mut offsets = Vec::new();
        for partition in 0..topic.spec().partitions {
            let bounds = instance.stores.read.bounds(*topic, Partition(partition));
            offsets.push(bounds.await.unwrap().end);
        }
        ends.push((*topic, offsets));
    }
    ends
}

fn outcomes(entries: &Value) -> Vec<String> {
    let entries = entries.as_array().unwrap().iter();
    let entries = entries.filter(|entry| entry["index"].as_i64() >= Some(0));
    entries
        .map(|entry| entry["outcome"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_trial_says_what_a_run_then_does_and_changes_nothing(on: On) {
    let deployment = Deployment::new(on);
    let instance = deployment.open().await.unwrap();
    let first = feed(&[("a", "One"), ("b", "Two")]);
    let trial = try_out(&instance, &first).await;
    assert_eq!(trial["known"], false);
    assert_eq!(outcomes(&trial["entries"]), ["created", "created"]);
    assert_eq!(trial["entries"][1]["status"], "published");
    take_in(&instance, &first).await;

    let before = ends(&instance).await;
    // One is renamed, one came under a new guid with the same file, one has no title, one is new.
    let second = feed(&[("a", "One, again"), ("b", "Two"), ("c", ""), ("d", "Three")]);
    let trial = try_out(&instance, &second).await;
    assert_eq!(ends(&instance).await, before, "a trial appends nothing");
    assert_eq!(trial["known"], true);
    let expected = ["changed", "same", "refused", "created"];
    assert_eq!(outcomes(&trial["entries"]), expected, "{trial:#}");
    let entry = |n: usize| &trial["entries"][n];
    assert_eq!(entry(1)["changed"], json!(["/title/en"]));
    assert_eq!(entry(3)["errors"][0]["code"], "title_missing");
    assert_eq!(trial["counts"]["refused"], 1);

    let answer = take_in(&instance, &second).await;
    let run: RunId = answer["run_id"].as_str().unwrap().parse().unwrap();
    let told = ask(&instance, SourcesRequest::Run { run, outcome: None }).await;
    // The entry that is as it was is not appended, so nothing is said of it.
    assert_eq!(
        outcomes(&told["entries"]),
        ["changed", "refused", "created"]
    );
    assert_eq!(told["run"]["state"], "completed");
    assert_eq!(
        (&told["run"]["decided"], &told["counts"]["created"]),
        (&json!(3), &json!(1))
    );
    let refused = SourcesRequest::Run {
        run,
        outcome: Some(mediamesh_domain::run::EntryFilter::Refused),
    };
    let refused = ask(&instance, refused).await;
    assert_eq!(outcomes(&refused["entries"]), ["refused"]);
    assert_eq!(refused["entries"][0]["errors"][0]["pointer"], "/title");
    instance.end().await;
}

async fn a_failed_fetch_is_told_with_what_to_change_and_survives_a_restart(on: On) {
    let deployment = Deployment::new(on);
    let instance = deployment.open().await.unwrap();
    let fields = SourceFields {
        name: "away".to_owned(),
        url: "http://127.0.0.1:9/feed.xml".to_owned(),
        interval_s: 3600,
        ..SourceFields::default()
    };
    let added = ask(
        &instance,
        SourcesRequest::Add {
            fields: Box::new(fields),
        },
    )
    .await;
    assert_eq!(added["health"]["state"], "new");
    let poll = SourcesRequest::Poll {
        source: "away".to_owned(),
    };
    let failed = operations::outcome(&instance, Request::Sources(poll)).await;
    assert!(failed.is_err(), "loopback is no public address");
    instance.end().await;
    drop(instance);

    let instance = deployment.open().await.unwrap();
    let show = || SourcesRequest::Show {
        source: "away".to_owned(),
    };
    let mut shown = ask(&instance, show()).await;
    for _ in 0..200 {
        if shown["health"]["state"] == "failing" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        shown = ask(&instance, show()).await;
    }
    let health = &shown["health"];
    assert_eq!(health["state"], "failing", "{shown:#}");
    assert_eq!(health["last_error"]["code"], "egress.refused");
    assert!(
        health["last_error"]["advice"]
            .as_str()
            .unwrap()
            .contains("public"),
        "{health}"
    );
    assert!(health["next_poll"].is_string());
    let runs = SourcesRequest::Runs {
        source: Some("away".to_owned()),
        state: Some(RunState::Failed),
        limit: 10,
    };
    let runs = ask(&instance, runs).await;
    assert_eq!(runs[0]["state"], "failed");
    assert_eq!(runs.as_array().unwrap().len(), 1);
    instance.end().await;
}

async fn what_is_pushed_twice_under_one_key_happens_once(on: On) {
    let deployment = Deployment::new(on);
    let instance = deployment.open().await.unwrap();
    let source_id = SourceId::of_address("name:pushed");
    let publish = SourcePolicies::both(Policy::Publish);
    let fields = SourceFields {
        name: "pushed".to_owned(),
        policies: publish,
        ..SourceFields::default()
    };
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    let id = CommandId(Uuid::from_u128(1));
    instance.decide_control(id, body).await.unwrap();
    let run_id = RunId(Uuid::from_u128(77));
    let element = |name: &str, text: &str| json!({"name": name, "attributes": {}, "text": text, "children": []});
    let entry = |index: i32, of_program: bool, title: &str| mediamesh_connectors::source::Pushed {
        index,
        format: mediamesh_domain::ingest::RawFormat::Rss,
        feed: mediamesh_domain::ingest::FeedContext::default(),
        of_program,
        value: json!({"name": "item", "children": [
            element("title", title), element("guid", title), element("language", "en"),
        ]}),
    };
    let push = || mediamesh_connectors::source::Push {
        run_id,
        payload_hash: Some(vec![1]),
        entries: vec![
            entry(0, true, "Pushed"),
            entry(1, false, "One"),
            entry(2, false, "Two"),
        ],
        rejected: 0,
    };
    use mediamesh_ports::control::Control as _;
    let job =
        mediamesh_connectors::source::Job::of(&instance.control.current(), source_id).unwrap();
    let (first, turned) = instance.ingest.push(&job, push()).await.unwrap();
    assert_eq!((first.appended, turned.len()), (2, 0));
    let told = || async {
        let run = SourcesRequest::Run {
            run: run_id,
            outcome: None,
        };
        let request = Request::Sources(run);
        operations::outcome(&instance, request)
            .await
            .unwrap_or_default()
    };
    let mut run = told().await;
    for _ in 0..400 {
        let counts = &run["counts"];
        if counts["decided"] == 2
            && counts["program"] == "created"
            && run["run"]["state"] == "completed"
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        run = told().await;
    }
    assert_eq!(run["counts"]["created"], 2, "{run:#}");
    let (second, _) = instance.ingest.push(&job, push()).await.unwrap();
    assert_eq!(second.fetched_at, first.fetched_at);
    for _ in 0..400 {
        if operations::lag(&instance).unwrap() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(
        told().await["counts"],
        run["counts"],
        "the same push again changes nothing"
    );
    let other = mediamesh_connectors::source::Push {
        payload_hash: Some(vec![2]),
        ..push()
    };
    assert!(
        instance.ingest.push(&job, other).await.is_err(),
        "the key names another push"
    );
    instance.end().await;
}

async fn a_feed_of_the_items_101_to_200_is_told_as_100_of_200(on: On) {
    let deployment = Deployment::new(on);
    let instance = deployment.open().await.unwrap();
    let items: String = (101..=200)
        .rev()
        .map(|n| {
            format!(
                "<item><guid>g{n}</guid><title>Ride {n}</title><itunes:episode>{n}</itunes:episode></item>"
            )
        })
        .collect();
    let text = format!(
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>\
         <channel><title>Night Bus</title>{items}</channel></rss>"
    );
    let answer = take_in(&instance, &text).await;
    let run: RunId = answer["run_id"].as_str().unwrap().parse().unwrap();
    let told = ask(&instance, SourcesRequest::Run { run, outcome: None }).await;
    let words = "The feed lists 100 of 200 entries";
    let says_so = |notes: &Value| {
        notes[0]
            .as_str()
            .is_some_and(|note| note.starts_with(words))
    };
    assert!(says_so(&told["run"]["notes"]), "{}", told["run"]);
    assert_eq!(told["run"]["seen"]["numbered_from"], 101);

    let source = answer["source_id"].as_str().unwrap().to_owned();
    let shown = ask(&instance, SourcesRequest::Show { source }).await;
    let health = &shown["health"];
    assert!(says_so(&health["notes"]), "{health}");
    assert_eq!(
        (&health["entries_listed"], &health["entries_unlisted"]),
        (&json!(100), &json!(100))
    );
    instance.end().await;
}
