//! Polls every source in its time.
//!
//! Which sources there are is what `control.events` says now; when each is due is [`schedule`]'s
//! to know. A source is polled by one task only, few at once, fewer of one host. After a failure a
//! source is left alone for longer and longer. Knows nothing of feeds: a poll is a [`Runs`].

mod health;
mod plan;
mod schedule;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use mediamesh_domain::id::SourceId;
use mediamesh_ports::control::Control;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::source::{Clock, Ingest, IngestError, Input, Job, RunReport};

use self::plan::Outcome;
use self::schedule::Schedule;

pub use health::{Failure, Health};
pub use settings::Settings;

/// Runs a source once, by fetching it.
#[async_trait]
pub trait Runs: Send + Sync {
    /// A run of a source.
    ///
    /// # Errors
    /// [`IngestError`].
    async fn run(&self, job: &Job) -> Result<RunReport, IngestError>;
}

#[async_trait]
impl Runs for Ingest {
    async fn run(&self, job: &Job) -> Result<RunReport, IngestError> {
        Ingest::run(self, job, Input::Fetch).await
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

/// Polls every source in its time; cheap to clone.
#[derive(Clone)]
pub struct Scheduler(Arc<Inner>);

struct Inner {
    control: Arc<dyn Control>,
    runs: Arc<dyn Runs>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    schedule: Mutex<Schedule>,
    /// Something that the schedule depends on has changed.
    changed: Notify,
}

impl Scheduler {
    /// A scheduler that does nothing yet; `seed` spreads the first polls.
    #[must_use]
    pub fn new(
        control: Arc<dyn Control>,
        runs: Arc<dyn Runs>,
        clock: Arc<dyn Clock>,
        settings: Settings,
        seed: u64,
    ) -> Self {
        Self(Arc::new(Inner {
            control,
            runs,
            clock,
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
            let wake = self.begin_due(&mut polls);
            tokio::select! {
                () = &mut stop => break,
                () = sleep_until(wake) => {}
                () = self.0.changed.notified() => {}
                Some(_) = polls.join_next() => {}
            }
        }
        while polls.join_next().await.is_some() {}
    }

    /// Polls a source now, whether or not it is due, paused or polled at all.
    ///
    /// # Errors
    /// [`PollError`]; [`IngestError::Busy`] where a poll of it has not ended.
    pub async fn poll_now(
        &self,
        source: SourceId,
        correlation_id: Option<String>,
    ) -> Result<RunReport, PollError> {
        let job = Job::of(&self.0.control.current(), source);
        let mut job = job.ok_or(PollError::NoSource(source))?;
        job.correlation_id = correlation_id;
        let poll = Poll::begin(&self.0, source).ok_or(IngestError::Busy)?;
        Ok(poll.run(&job).await?)
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

    /// Begins what is due; gives when to look again.
    fn begin_due(&self, polls: &mut JoinSet<()>) -> Instant {
        let control = self.0.control.current();
        let now = Instant::now();
        let mut schedule = self.0.schedule();
        schedule.refresh(&control, now, self.0.clock.now());
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
                    let _noted = poll.run(&job).await;
                });
            }
        }
        wake
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

    async fn run(mut self, job: &Job) -> Result<RunReport, IngestError> {
        let result = self.inner.runs.run(job).await;
        self.outcome = Outcome::of(&result);
        match &result {
            Ok(report) if report.appended == 0 && !report.feed_appended => {
                tracing::debug!(source.id = %self.source, "source polled: nothing new");
            }
            Ok(report) => tracing::info!(
                source.id = %self.source,
                run.id = %report.run_id,
                run.entries_seen = report.entries_seen,
                run.appended = report.appended,
                "source polled"
            ),
            Err(error) => tracing::warn!(
                source.id = %self.source,
                error.code = error.code(),
                error.message = %error,
                "source not polled"
            ),
        }
        result
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        let outcome = std::mem::replace(&mut self.outcome, Outcome::stopped());
        let (now, wall) = (Instant::now(), self.inner.clock.now());
        self.inner
            .schedule()
            .finish(self.source, outcome, now, wall);
        self.inner.changed.notify_one();
    }
}
