//! Polls every source in its time.
//!
//! Which sources there are is what `control.events` says now, and whose they are an [`Ownership`];
//! when each is due is [`schedule`]'s to know: as often as new entries appear, between a floor and a
//! ceiling. A source is polled by one task only, few at once, fewer of one host. After a failure a
//! source is left alone for longer and longer, also over a restart. Knows nothing of feeds: a poll
//! is a [`Runs`].

mod health;
mod memory;
mod moving;
mod ownership;
mod plan;
mod schedule;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use mediamesh_domain::control::ControlState;
use mediamesh_domain::id::SourceId;
use mediamesh_ports::control::Control;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::source::{Clock, FailedRun, HearRuns, Ingest, IngestError, Input, Job, RunReport, told};
use crate::websub::News;

use self::plan::Outcome;
use self::schedule::Schedule;

pub use health::{Failure, Health};
pub use memory::{Forgets, InObjects, Memory};
pub use moving::Moving;
pub use ownership::{Ownership, OwnsAll, OwnsPartitions, partition};
pub use settings::Settings;

/// How many sources are looked up in the memory at once.
const LOADS: usize = 32;

/// Runs a source once.
#[async_trait]
pub trait Runs: Send + Sync {
    /// A run of a source, of which nobody is told yet.
    ///
    /// # Errors
    /// [`FailedRun`].
    async fn run(&self, job: &Job, input: Input) -> Result<RunReport, FailedRun>;
}

#[async_trait]
impl Runs for Ingest {
    async fn run(&self, job: &Job, input: Input) -> Result<RunReport, FailedRun> {
        self.run_untold(job, input).await
    }
}

/// Why a source was not polled.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// There is no such source.
    #[error("there is no source {0}")]
    NoSource(SourceId),
    /// It was polled, and that failed.
    #[error(transparent)]
    Failed(#[from] IngestError),
}

/// What a scheduler needs of the world.
#[derive(Clone)]
pub struct Parts {
    /// Says which sources there are.
    pub control: Arc<dyn Control>,
    /// Runs a source.
    pub runs: Arc<dyn Runs>,
    /// Gives the time of day.
    pub clock: Arc<dyn Clock>,
    /// Keeps how each source fares.
    pub memory: Arc<dyn Memory>,
    /// Hears how each run ended, once it is judged and the next one is planned.
    pub listener: Arc<dyn HearRuns>,
    /// Says which sources this process polls.
    pub ownership: Arc<dyn Ownership>,
}

/// Polls every source in its time; cheap to clone.
#[derive(Clone)]
pub struct Scheduler(Arc<Inner>);

struct Inner {
    parts: Parts,
    settings: Settings,
    schedule: Mutex<Schedule>,
    /// Something that the schedule depends on has changed.
    changed: Notify,
}

impl Scheduler {
    /// A scheduler that does nothing yet; `seed` spreads the first polls.
    #[must_use]
    pub fn new(parts: Parts, settings: Settings, seed: u64) -> Self {
        Self(Arc::new(Inner {
            parts,
            schedule: Mutex::new(Schedule::new(settings.clone(), seed)),
            settings,
            changed: Notify::new(),
        }))
    }

    /// Polls until `stop` is done, then waits for the polls that have begun.
    pub async fn drive(&self, stop: impl Future<Output = ()> + Send) {
        let mut polls = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let wake = self.begin_due(&mut polls).await;
            tokio::select! {
                () = &mut stop => break,
                () = sleep_until(wake) => {}
                () = self.0.changed.notified() => {}
                Some(_) = polls.join_next() => {}
            }
        }
        while polls.join_next().await.is_some() {}
    }

    /// Polls a source now, whether or not it is due, paused, polled at all, or polled by another process otherwise:
    /// what is known of a source lies with its objects, and two runs at once take nothing in twice.
    ///
    /// # Errors
    /// [`PollError`]; [`IngestError::Busy`] where a poll of it has not ended.
    pub async fn poll_now(
        &self,
        source: SourceId,
        correlation_id: Option<String>,
    ) -> Result<RunReport, PollError> {
        self.run_now(source, Input::Fetch, correlation_id).await
    }

    /// Runs a source now with an input.
    ///
    /// # Errors
    /// [`PollError`]; [`IngestError::Busy`] where a poll of it has not ended.
    pub async fn run_now(
        &self,
        source: SourceId,
        input: Input,
        correlation_id: Option<String>,
    ) -> Result<RunReport, PollError> {
        let control = self.0.parts.control.current();
        let mut job = Job::of(&control, source).ok_or(PollError::NoSource(source))?;
        self.recall(&control).await;
        self.plan(&control);
        if !self.0.parts.ownership.owns(source) {
            self.borrow(source, &control).await;
        }
        job.correlation_id = correlation_id;
        let poll = Poll::begin(&self.0, source).ok_or(IngestError::Busy)?;
        let ran = poll.run(&job, input).await;
        self.0.schedule().give_back(source);
        Ok(ran?)
    }

    /// Plans a source that another process polls, for one run.
    async fn borrow(&self, source: SourceId, control: &ControlState) {
        let Some(entry) = control.sources.get(&source) else {
            return;
        };
        let parts = &self.0.parts;
        let kept = parts.memory.load(source).await;
        let (now, wall) = (Instant::now(), parts.clock.now());
        let mut schedule = self.0.schedule();
        if let Some(kept) = kept {
            schedule.recall(source, kept);
        }
        schedule.borrow(source, entry, now, wall);
    }

    /// How a source fares; none where it was never polled and is not going to be.
    #[must_use]
    pub fn health(&self, source: SourceId) -> Option<Health> {
        self.0.schedule().health(source).cloned()
    }

    /// How all sources fare that are, or were, polled.
    #[must_use]
    pub fn all_health(&self) -> BTreeMap<SourceId, Health> {
        self.0.schedule().all_health()
    }

    /// Takes in what was kept of all sources, for who asks of a scheduler that is not driven.
    pub async fn look_up(&self) {
        let control = self.0.parts.control.current();
        self.recall(&control).await;
    }

    /// Tells the scheduler that other sources may be this process's now.
    pub fn ownership_changed(&self) {
        self.0.changed.notify_one();
    }

    /// Takes in what was kept of sources of which nothing is known yet.
    async fn recall(&self, control: &ControlState) {
        let parts = &self.0.parts;
        let unknown = self.0.schedule().unknown(control, &*parts.ownership);
        if unknown.is_empty() {
            return;
        }
        let load = |source| async move { (source, parts.memory.load(source).await) };
        let kept: Vec<_> = stream::iter(unknown)
            .map(load)
            .buffer_unordered(LOADS)
            .collect()
            .await;
        let mut schedule = self.0.schedule();
        for (source, health) in kept {
            if let Some(health) = health {
                schedule.recall(source, health);
            }
        }
    }

    /// Plans what has changed: also the end of a poll that nothing drives is followed by a plan.
    fn plan(&self, control: &ControlState) {
        let parts = &self.0.parts;
        let (now, wall) = (Instant::now(), parts.clock.now());
        let ownership = &*parts.ownership;
        self.0.schedule().refresh(control, ownership, now, wall);
    }

    /// Begins what is due; gives when to look again.
    async fn begin_due(&self, polls: &mut JoinSet<()>) -> Instant {
        let parts = &self.0.parts;
        let control = parts.control.current();
        self.recall(&control).await;
        self.plan(&control);
        let now = Instant::now();
        let schedule = self.0.schedule();
        let due = schedule.due(now);
        let wake = schedule.next(now).min(now + self.0.settings.refresh);
        drop(schedule);
        for source in due {
            let Some(job) = Job::of(&control, source) else {
                continue;
            };
            if let Some(poll) = Poll::begin(&self.0, source) {
                polls.spawn(async move {
                    // What became of it is in the source's health.
                    let _noted = poll.run(&job, Input::Fetch).await;
                });
            }
        }
        wake
    }
}

#[async_trait]
impl News for Scheduler {
    async fn take(&self, source: SourceId, input: Input) {
        let taken = self.run_now(source, input, None).await;
        if matches!(taken, Err(PollError::Failed(IngestError::Busy))) {
            self.poll_soon(source);
        }
    }

    fn poll_soon(&self, source: SourceId) {
        let (now, wall) = (Instant::now(), self.0.parts.clock.now());
        self.0.schedule().soon(source, now, wall);
        self.0.changed.notify_one();
    }
}

impl Inner {
    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A poll that has begun; however it ends, the schedule hears of it.
struct Poll {
    inner: Arc<Inner>,
    source: SourceId,
    outcome: Outcome,
}

impl Poll {
    /// None where a poll of the source has not ended.
    fn begin(inner: &Arc<Inner>, source: SourceId) -> Option<Self> {
        inner.schedule().begin(source).then(|| Self {
            inner: Arc::clone(inner),
            source,
            outcome: Outcome::stopped(),
        })
    }

    async fn run(mut self, job: &Job, input: Input) -> Result<RunReport, IngestError> {
        let trigger = input.trigger();
        let result = self.inner.parts.runs.run(job, input).await;
        self.outcome = Outcome::of(&result);
        log(self.source, &result);
        let (inner, source) = (Arc::clone(&self.inner), self.source);
        drop(self);
        let parts = &inner.parts;
        let health = inner.schedule().health(source).cloned();
        let next_poll = health.as_ref().and_then(|health| health.next_poll);
        let times = (parts.clock.now(), next_poll);
        let (report, error) = match &result {
            Ok(report) => (Some(report), None),
            Err(failed) => (failed.report.as_deref(), Some(&failed.error)),
        };
        if let Some(event) = report.and_then(|report| told(job, trigger, report, error, times)) {
            parts.listener.hear(event).await;
        }
        if let Some(health) = health {
            parts.memory.save(source, &health).await;
        }
        result.map_err(|failed| failed.error)
    }
}

fn log(source: SourceId, result: &Result<RunReport, FailedRun>) {
    match result {
        Ok(report) if report.appended == 0 && !report.feed_appended => {
            tracing::debug!(source.id = %source, "source polled: nothing new");
        }
        Ok(report) => tracing::info!(
            source.id = %source,
            run.id = %report.run_id,
            run.entries_seen = report.entries_seen,
            run.appended = report.appended,
            "source polled"
        ),
        Err(FailedRun { error, .. }) => tracing::warn!(
            source.id = %source,
            error.code = error.code(),
            error.message = %error,
            "source not polled"
        ),
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        let outcome = std::mem::replace(&mut self.outcome, Outcome::stopped());
        let (now, wall) = (Instant::now(), self.inner.parts.clock.now());
        self.inner
            .schedule()
            .finish(self.source, outcome, now, wall);
        self.inner.changed.notify_one();
    }
}
