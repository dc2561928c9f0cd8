//! What runs tell, and what pushes append.

use super::*;
use crate::source::{HearRuns, Push, PushError, Pushed, RunEvents};
use mediamesh_domain::ingest::{FeedContext, RawFormat};
use mediamesh_domain::run::{IngestEvent, IngestFact, RunTrigger};
use serde_json::json;
use std::sync::Mutex;

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<IngestEvent>>);

#[async_trait::async_trait]
impl HearRuns for Heard {
    async fn hear(&self, event: IngestEvent) {
        self.0.lock().unwrap().push(event);
    }
}

impl World {
    fn heard(mut self) -> (Self, Arc<Heard>) {
        let heard = Arc::new(Heard::default());
        self.ingest = self.ingest.with_listener(heard.clone());
        (self, heard)
    }
}

impl Heard {
    fn last(&self) -> IngestEvent {
        self.0.lock().unwrap().last().unwrap().clone()
    }
}

#[tokio::test]
async fn a_run_tells_what_it_saw() {
    let (world, heard) = World::new(&[]).heard();
    let numbered = "<item><title>C</title><itunes:episode>200</itunes:episode></item>".to_owned();
    let text = feed(&[item("a", "A"), item("a", "A again"), numbered]);
    let report = world.take(&text).await;
    let event = heard.last();
    assert_eq!(
        (event.run_id, event.source_id),
        (report.run_id, world.job.source_id)
    );
    assert_eq!(
        event.event_id,
        IngestEvent::id_of(event.source_id, event.run_id)
    );
    assert_eq!(
        (event.trigger, event.started_at),
        (RunTrigger::Bytes, report.fetched_at)
    );
    let IngestFact::Completed(run) = event.body else {
        panic!("{:?}", event.body);
    };
    assert_eq!(
        (run.entries, run.appended, run.format.as_deref()),
        (3, 3, Some("rss"))
    );
    assert_eq!((run.guids_missing, run.guids_repeated), (1, 1));
    assert!(run.feed_appended && !run.conditional && !run.not_modified);
}

#[tokio::test]
async fn an_unmodified_answer_and_a_failure_are_runs_too() {
    let body = feed(&[item("a", "A")]);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::answering(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => server::ok(&["etag: \"1\""], &body),
        1 => server::answer("304 Not Modified", &[], ""),
        _ => server::answer("404 Not Found", &[], ""),
    })
    .await;
    let (world, heard) = World::of(&server).heard();
    world.run().await;
    world.run().await;
    let IngestFact::Completed(run) = heard.last().body else {
        panic!("it went well");
    };
    assert!(run.conditional && run.not_modified);
    world
        .ingest
        .run(&world.job, Input::Fetch)
        .await
        .unwrap_err();
    let IngestFact::Failed(run) = heard.last().body else {
        panic!("it failed");
    };
    assert_eq!(
        (run.code.as_str(), run.status),
        ("egress.status", Some(404))
    );
    assert!(run.advice.contains("Check the address"), "{}", run.advice);
}

#[tokio::test]
async fn a_log_that_does_not_take_a_runs_record_gets_it_with_the_next() {
    let world = World::new(&[]);
    let (log, codec) = (Arc::new(Log::default()), world.codec.clone());
    log.fail_after(0);
    let events: Arc<dyn HearRuns> = Arc::new(RunEvents::new(log.clone() as _, codec.clone()));
    let mut world = world;
    world.ingest = world.ingest.with_listener(events);
    let first = world.take(&feed(&[item("a", "A")])).await;
    assert!(log.records().is_empty());
    log.fail_after(usize::MAX);
    let second = world.take(&feed(&[item("b", "B")])).await;
    let told = log.records();
    let run =
        |at: usize| -> IngestEvent { codec.decode(told[at].value.as_ref().unwrap()).unwrap() };
    assert_eq!(
        (told.len(), run(0).run_id, run(1).run_id),
        (2, first.run_id, second.run_id)
    );
    assert_eq!(told[0].topic, Topic::IngestEvents);
    assert_eq!(told[0].key, world.job.source_id.to_string().into_bytes());
}

fn pushed(index: i32, of_program: bool, value: serde_json::Value) -> Pushed {
    Pushed {
        index,
        format: RawFormat::JsonFeed,
        feed: FeedContext::default(),
        of_program,
        value,
    }
}

fn push(entries: Vec<Pushed>) -> Push {
    Push {
        run_id: RunId(Uuid::from_u128(7)),
        payload_hash: None,
        entries,
        rejected: 1,
    }
}

#[tokio::test]
async fn what_is_pushed_becomes_records_the_program_first() {
    let (world, heard) = World::new(&[]).heard();
    let entries = vec![
        pushed(
            0,
            false,
            json!({"id": "1", "tags": ["a", "b"], "authors": [{"name": "N"}], "n": 3, "none": null}),
        ),
        pushed(1, true, json!({"title": "Show"})),
        pushed(2, false, json!("no object")),
        pushed(
            3,
            false,
            json!({"name": "item", "text": "raw", "children": []}),
        ),
    ];
    let (report, turned) = world.ingest.push(&world.job, push(entries)).await.unwrap();
    assert_eq!(
        (report.appended, report.feed_appended, report.rejected),
        (2, true, 2)
    );
    assert_eq!(turned[&2].pointer, "/2/entry");
    let records = world.appended();
    assert_eq!(indices(&records), [-1, 0, 3]);
    let Some(RawBody::Entry(entry)) = &records[1].body else {
        panic!("{:?}", records[1].body);
    };
    let names: Vec<_> = entry
        .children
        .iter()
        .map(|c| (c.name.as_str(), c.text.as_str()))
        .collect();
    let expected = [
        ("id", "1"),
        ("tags", "a"),
        ("tags", "b"),
        ("authors", ""),
        ("n", "3"),
    ];
    assert_eq!(names, expected);
    assert_eq!(entry.children[3].children[0].text, "N");
    let event = heard.last();
    assert_eq!((event.trigger, event.appended()), (RunTrigger::Push, 2));
}

#[tokio::test]
async fn the_same_push_again_carries_the_same_time() {
    let world = World::new(&[]);
    let keyed = |hash: u8| Push {
        payload_hash: Some(vec![hash]),
        ..push(vec![pushed(0, false, json!({"id": "1"}))])
    };
    let (first, _) = world.ingest.push(&world.job, keyed(1)).await.unwrap();
    let (again, _) = world.ingest.push(&world.job, keyed(1)).await.unwrap();
    assert_eq!(first.fetched_at, again.fetched_at);
    let other = world.ingest.push(&world.job, keyed(2)).await.unwrap_err();
    assert!(matches!(other, PushError::KeyReused));
}

#[tokio::test]
async fn a_large_pushed_body_is_claimed() {
    let world = World::new(&[]);
    let entry = pushed(0, false, json!({"id": "1", "text": "x".repeat(300_000)}));
    let (report, _) = world
        .ingest
        .push(&world.job, push(vec![entry]))
        .await
        .unwrap();
    assert_eq!(report.claimed, 1);
    let records = world.appended();
    assert!(records[0].body.is_none() && records[0].claim.is_some());
}
