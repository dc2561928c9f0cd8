//! Days of polling in no time.

mod fleet;
mod kept;
mod moving;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::RunId;
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::{Seq, Version};
use mediamesh_domain::run::IngestEvent;
use mediamesh_domain::time::Timestamp;
use tokio::sync::oneshot;
use tokio::time::sleep;
use uuid::Uuid;

use crate::feed::ParseError;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// What `control.events` says, as a test sets it.
#[derive(Default)]
struct Said(Mutex<Arc<ControlState>>);

impl Said {
    fn set(&self, source: SourceId, change: impl FnOnce(&mut SourceFields)) {
        let mut said = self.0.lock().unwrap();
        let state = Arc::make_mut(&mut said);
        let entry = state.sources.entry(source).or_insert_with(|| SourceEntry {
            version: Version(0),
            fields: SourceFields {
                url: "https://example.org/feed".into(),
                interval_s: 3600,
                ..SourceFields::default()
            },
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        });
        change(&mut entry.fields);
        entry.version = entry.version.next();
        state.seq = state.seq.next();
    }
}

#[async_trait]
impl Control for Said {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.0.lock().unwrap())
    }

    async fn reach(&self, _: Seq, _: Duration) -> bool {
        true
    }
}

/// What is kept of sources, as long as the test goes on.
#[derive(Default)]
struct Kept(Mutex<BTreeMap<SourceId, Vec<u8>>>);

#[async_trait]
impl Memory for Kept {
    async fn load(&self, source: SourceId) -> Option<Health> {
        serde_json::from_slice(self.0.lock().unwrap().get(&source)?).ok()
    }

    async fn save(&self, source: SourceId, health: &Health) {
        let bytes = serde_json::to_vec(health).unwrap();
        self.0.lock().unwrap().insert(source, bytes);
    }
}

/// A clock that goes with tokio's.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(self.0.elapsed().as_micros()).unwrap())
    }

    fn run_id(&self) -> RunId {
        RunId(Uuid::nil())
    }
}

type Answer = fn(usize) -> Result<RunReport, IngestError>;

/// Polls that take a while, and are written down.
struct Polls {
    began: Instant,
    takes: Duration,
    answer: Answer,
    log: Mutex<Vec<(SourceId, Duration)>>,
    now: Mutex<BTreeSet<SourceId>>,
    most: AtomicUsize,
    hosts: Mutex<BTreeMap<String, usize>>,
    most_of_host: AtomicUsize,
    /// What polls find out about the entries; 0: nothing.
    entry_interval_s: AtomicU64,
}

#[async_trait]
impl Runs for Polls {
    async fn run(&self, job: &Job, _: Input) -> Result<RunReport, FailedRun> {
        let number = {
            let mut log = self.log.lock().unwrap();
            log.push((job.source_id, self.began.elapsed()));
            log.len()
        };
        {
            let mut now = self.now.lock().unwrap();
            assert!(
                now.insert(job.source_id),
                "a source is polled twice at once"
            );
            self.most.fetch_max(now.len(), Ordering::SeqCst);
        }
        let host = plan::host(&job.source.fields.url);
        {
            let mut hosts = self.hosts.lock().unwrap();
            let of_host = hosts.entry(host.clone()).or_default();
            *of_host += 1;
            self.most_of_host.fetch_max(*of_host, Ordering::SeqCst);
        }
        sleep(self.takes).await;
        *self.hosts.lock().unwrap().entry(host).or_default() -= 1;
        self.now.lock().unwrap().remove(&job.source_id);
        let mut result = (self.answer)(number);
        if let Ok(report) = &mut result {
            let apart = self.entry_interval_s.load(Ordering::SeqCst);
            report.entry_interval_s = Some(apart).filter(|apart| *apart > 0);
        }
        result.map_err(|error| FailedRun {
            error,
            report: well(0).ok().map(Box::new),
        })
    }
}

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<IngestEvent>>);

#[async_trait]
impl HearRuns for Heard {
    async fn hear(&self, event: IngestEvent) {
        self.0.lock().unwrap().push(event);
    }
}

struct World {
    parts: Parts,
    settings: Settings,
    said: Arc<Said>,
    polls: Arc<Polls>,
    heard: Arc<Heard>,
    scheduler: Scheduler,
    stop: Option<oneshot::Sender<()>>,
    driver: Option<tokio::task::JoinHandle<()>>,
}

impl World {
    fn new(settings: Settings, answer: Answer) -> Self {
        Self::owning(settings, answer, Arc::new(OwnsAll))
    }

    fn owning(mut settings: Settings, answer: Answer, ownership: Arc<dyn Ownership>) -> Self {
        settings.refresh = Duration::from_secs(60);
        let began = Instant::now();
        let polls = Arc::new(Polls {
            began,
            takes: Duration::from_secs(2),
            answer,
            log: Mutex::default(),
            now: Mutex::default(),
            most: AtomicUsize::new(0),
            hosts: Mutex::default(),
            most_of_host: AtomicUsize::new(0),
            entry_interval_s: AtomicU64::new(0),
        });
        let said = Arc::new(Said::default());
        let kept = Arc::new(Kept::default());
        let heard = Arc::new(Heard::default());
        let clock = Arc::new(TokioClock(began));
        let parts = Parts {
            control: Arc::clone(&said) as _,
            runs: Arc::clone(&polls) as _,
            clock,
            memory: Arc::clone(&kept) as _,
            listener: Arc::clone(&heard) as _,
            ownership,
        };
        let scheduler = Scheduler::new(parts.clone(), settings.clone(), 7);
        Self {
            parts,
            settings,
            said,
            polls,
            heard,
            scheduler,
            stop: None,
            driver: None,
        }
    }

    fn start(&mut self) {
        let (stop, stopped) = oneshot::channel();
        let scheduler = self.scheduler.clone();
        self.stop = Some(stop);
        self.driver = Some(tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            scheduler.drive(stopped).await;
        }));
    }

    /// Ends the scheduler and starts another one, which knows what is kept alone.
    async fn restart(mut self) -> Self {
        drop(self.stop.take());
        self.driver.take().unwrap().await.unwrap();
        self.scheduler = Scheduler::new(self.parts.clone(), self.settings.clone(), 8);
        self.start();
        self
    }

    async fn end(mut self) -> Vec<(SourceId, Duration)> {
        drop(self.stop.take());
        self.driver.take().unwrap().await.unwrap();
        assert!(self.polls.now.lock().unwrap().is_empty(), "drained");
        self.polls.log.lock().unwrap().clone()
    }

    fn polled(&self) -> usize {
        self.polls.log.lock().unwrap().len()
    }
}

fn source(n: u128) -> SourceId {
    SourceId(Uuid::from_u128(n))
}

fn well(_: usize) -> Result<RunReport, IngestError> {
    Ok(RunReport::new(RunId(Uuid::nil()), source(0), Timestamp(0)))
}

fn badly(_: usize) -> Result<RunReport, IngestError> {
    Err(ParseError::Empty.into())
}

#[tokio::test(start_paused = true)]
async fn a_thousand_sources_are_each_polled_in_their_time() {
    let settings = Settings::default();
    let mut world = World::new(settings.clone(), well);
    for n in 0..1000 {
        world.said.set(source(n), |fields| {
            fields.url = format!("https://host{}.example.org/feed", n % 100);
        });
    }
    world.start();
    sleep(HOUR * 6 + HOUR / 2).await;
    assert_eq!(
        world.polls.most.load(Ordering::SeqCst),
        settings.concurrency
    );
    let log = world.end().await;
    let mut times: BTreeMap<SourceId, Vec<Duration>> = BTreeMap::new();
    for (source, at) in log {
        times.entry(source).or_default().push(at);
    }
    assert_eq!(times.len(), 1000);
    for times in times.values() {
        assert!((6..=7).contains(&times.len()), "{times:?}");
        for pair in times.windows(2) {
            let apart = pair[1] - pair[0];
            assert!((HOUR..HOUR + HOUR / 4).contains(&apart), "{apart:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_host_is_asked_by_few_at_once_and_others_do_not_wait_for_it() {
    let settings = Settings {
        spread: Duration::ZERO,
        ..Settings::default()
    };
    let mut world = World::new(settings, well);
    for n in 0..20 {
        world.said.set(source(n), |_| {});
    }
    world.said.set(source(99), |fields| {
        fields.url = "https://example.com/".into();
    });
    world.start();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.polled(), 3);
    assert!(world.scheduler.health(source(99)).unwrap().polling);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(world.polls.most.load(Ordering::SeqCst), 3);
    assert_eq!(world.end().await.len(), 21);
}

#[tokio::test(start_paused = true)]
async fn failures_double_the_wait_up_to_a_day() {
    let mut world = World::new(Settings::default(), badly);
    world.said.set(source(1), |_| {});
    world.start();
    sleep(HOUR * 24 * 10).await;
    let health = world.scheduler.health(source(1)).unwrap();
    let reason = health.last_failure.unwrap().reason;
    assert!(reason.starts_with("the answer is empty"), "{reason}");
    assert_eq!(health.last_success, None);
    let times: Vec<_> = world.end().await.into_iter().map(|(_, at)| at).collect();
    let hours: Vec<_> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs_f64() / 3600.0)
        .collect();
    for (apart, most) in hours.iter().zip([2.0, 4.0, 8.0, 16.0, 24.0, 24.0, 24.0]) {
        assert!((most * 0.8..=most + 0.01).contains(apart), "{apart} {most}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_goes_well_ends_the_waiting() {
    let answer: Answer = |number| {
        if number <= 3 {
            badly(number)
        } else {
            well(number)
        }
    };
    let mut world = World::new(Settings::default(), answer);
    world.said.set(source(1), |_| {});
    world.start();
    sleep(HOUR * 24).await;
    let health = world.scheduler.health(source(1)).unwrap();
    assert_eq!(health.failures, 0);
    assert!(health.last_success.is_some() && health.last_failure.is_some());
    let times: Vec<_> = world.end().await.into_iter().map(|(_, at)| at).collect();
    assert_eq!((times[4] - times[3]).as_secs() / 3600, 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_can_put_a_poll_off_but_not_for_ever() {
    for (answer, expected) in [
        (
            (|_| {
                let mut report = well(0)?;
                report.max_age_s = Some(3 * 3600);
                Ok(report)
            }) as Answer,
            3,
        ),
        (
            |_| {
                let mut report = well(0)?;
                report.retry_after_s = Some(u64::MAX);
                Ok(report)
            },
            24,
        ),
        (
            |_| {
                let mut report = well(0)?;
                report.max_age_s = Some(5);
                Ok(report)
            },
            1,
        ),
    ] {
        let mut world = World::new(Settings::default(), answer);
        world.said.set(source(1), |_| {});
        world.start();
        sleep(HOUR * 26).await;
        let log = world.end().await;
        assert_eq!((log[1].1 - log[0].1).as_secs() / 3600, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn paused_unscheduled_and_pushed_sources_are_left_alone() {
    let mut world = World::new(Settings::default(), well);
    world.said.set(source(1), |fields| fields.paused = true);
    world.said.set(source(2), |fields| fields.interval_s = 0);
    world
        .said
        .set(source(3), |fields| fields.url = String::new());
    world.start();
    sleep(HOUR * 3).await;
    assert_eq!(world.polled(), 0);
    assert_eq!(world.scheduler.health(source(1)).unwrap().next_poll, None);

    world.said.set(source(1), |fields| fields.paused = false);
    sleep(HOUR / 2).await;
    assert_eq!(world.polled(), 1);
    assert!(
        world
            .scheduler
            .health(source(1))
            .unwrap()
            .next_poll
            .is_some()
    );

    world.said.set(source(1), |fields| fields.paused = true);
    sleep(HOUR * 3).await;
    assert_eq!(world.end().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_can_be_polled_now_but_not_twice_at_once() {
    let mut world = World::new(Settings::default(), well);
    world.said.set(source(1), |fields| fields.paused = true);
    world.start();
    let first = world.scheduler.poll_now(source(1), None);
    let second = async {
        sleep(Duration::from_secs(1)).await;
        world.scheduler.poll_now(source(1), None).await
    };
    let (first, second) = tokio::join!(first, second);
    assert!(first.is_ok());
    assert!(matches!(second, Err(PollError::Failed(IngestError::Busy))));
    assert!(matches!(
        world.scheduler.poll_now(source(9), None).await,
        Err(PollError::NoSource(_))
    ));
    let health = world.scheduler.health(source(1)).unwrap();
    assert!(health.last_success.is_some() && health.next_poll.is_none());
    assert_eq!(world.end().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn polls_that_have_begun_are_waited_for_and_no_more_begin() {
    let settings = Settings {
        spread: Duration::ZERO,
        per_host: 4,
        ..Settings::default()
    };
    let mut world = World::new(settings, well);
    for n in 0..20 {
        world.said.set(source(n), |_| {});
    }
    world.start();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.end().await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_is_dropped_lets_the_next_one_begin() {
    let world = World::new(Settings::default(), well);
    world.said.set(source(1), |_| {});
    let dropped = world.scheduler.poll_now(source(1), None);
    assert!(
        tokio::time::timeout(Duration::from_secs(1), dropped)
            .await
            .is_err()
    );
    world.polls.now.lock().unwrap().clear();
    assert!(world.scheduler.poll_now(source(1), None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_run_is_told_with_when_its_source_is_due_next_also_where_nothing_drives() {
    for answer in [well as Answer, badly] {
        let world = World::new(Settings::default(), answer);
        world.said.set(source(1), |_| {});
        let _ended = world.scheduler.poll_now(source(1), None).await;
        let told = world.heard.0.lock().unwrap().clone();
        let health = world.scheduler.health(source(1)).unwrap();
        assert_eq!(told.len(), 1);
        assert!(told[0].next_poll.is_some());
        assert_eq!(told[0].next_poll, health.next_poll);
        let kept = world.parts.memory.load(source(1)).await.unwrap();
        assert_eq!(kept, health);
    }
}
