//! Moves that a run has confirmed become commands, once and not on top of another source.

use mediamesh_domain::control::{ControlBody, ControlCommand};
use mediamesh_domain::position::Offset;
use mediamesh_domain::run::{FeedMove, MoveOutcome, MovedBy};
use mediamesh_ports::event_log::{self, AppendLog, NewRecord};
use mediamesh_schemas::Codec;

use super::*;

#[derive(Default)]
struct Log(Mutex<Vec<NewRecord>>);

#[async_trait]
impl AppendLog for Log {
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, event_log::Error> {
        let offsets = records.iter().map(|_| Offset(0)).collect();
        self.0.lock().unwrap().extend(records);
        Ok(offsets)
    }
}

struct Finds(FeedMove);

#[async_trait]
impl Runs for Finds {
    async fn run(&self, _: &Job, _: Input) -> Result<RunReport, FailedRun> {
        let mut report = well(0)?;
        report.moved = Some(self.0.clone());
        Ok(report)
    }
}

async fn run(to: &str, outcome: MoveOutcome) -> (MoveOutcome, Vec<ControlCommand>) {
    let said = Arc::new(Said::default());
    said.set(source(1), |_| {});
    said.set(source(2), |fields| {
        fields.url = "https://taken.example/feed".into();
    });
    let found = FeedMove {
        to: to.to_owned(),
        by: MovedBy::Redirect,
        outcome,
    };
    let (log, codec) = (Arc::new(Log::default()), Codec::embedded());
    let moving = Moving {
        runs: Arc::new(Finds(found)),
        control: said.clone(),
        log: log.clone(),
        codec: codec.clone(),
        clock: Arc::new(TokioClock(Instant::now())),
    };
    let job = Job::of(&said.current(), source(1)).unwrap();
    let report = moving.run(&job, Input::Fetch).await.unwrap();
    let records = std::mem::take(&mut *log.0.lock().unwrap());
    let read = |record: NewRecord| codec.decode(&record.value.unwrap()).unwrap();
    (
        report.moved.unwrap().outcome,
        records.into_iter().map(read).collect(),
    )
}

#[tokio::test(start_paused = true)]
async fn a_confirmed_move_is_asked_of_the_control_decider_by_the_version_that_was_known() {
    let to = "https://new.example/feed";
    let (outcome, commands) = run(to, MoveOutcome::Confirmed).await;
    assert_eq!(outcome, MoveOutcome::Followed);
    let [command] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!(command.expected.unwrap().version, Version(1));
    assert_eq!(command.principal.id, "scheduler");
    let ControlBody::UpdateSource(update) = &command.body else {
        panic!("{command:?}");
    };
    assert_eq!(update.source_id, source(1));
    assert_eq!(update.patch, format!(r#"{{"url":"{to}"}}"#));
    let (_, again) = run(to, MoveOutcome::Confirmed).await;
    assert_eq!(
        again[0].command_id, command.command_id,
        "the same move is the same command"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_or_suspicious_is_reported_and_not_followed() {
    let (outcome, commands) = run("https://TAKEN.example/feed", MoveOutcome::Confirmed).await;
    assert_eq!((outcome, commands.len()), (MoveOutcome::Taken, 0));
    for kept in [
        MoveOutcome::OtherFeed,
        MoveOutcome::Loop,
        MoveOutcome::Unreadable,
        MoveOutcome::OtherOrigin,
    ] {
        let (outcome, commands) = run("https://new.example/feed", kept).await;
        assert_eq!((outcome, commands.len()), (kept, 0));
    }
}
