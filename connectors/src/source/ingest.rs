//! The runs themselves: fetch, read, append, remember.

mod appending;
mod fetching;
mod moving;
mod paging;
mod trying;
mod turn;
mod youtube;

use std::sync::Arc;

use mediamesh_domain::ingest::mapping::Mapping;
use mediamesh_domain::model::{SourceFields, SourceFormat};
use mediamesh_domain::run::RunTrigger;
use mediamesh_ports::event_log::AppendLog;
use mediamesh_ports::objects::Objects;
use mediamesh_schemas::Codec;
use tokio::sync::Semaphore;

use crate::egress::Fetch;
use crate::feed::Limits;

use self::fetching::Got;
use self::paging::Pages;
pub use self::paging::Paging;
use self::turn::Turns;
use super::clock::Clock;
use super::credentials::Credentials;
use super::entries::Work;
use super::error::IngestError;
use super::input::{Input, Job};
use super::report::{FailedRun, RunReport};
use super::state::{FetchState, Head};
use super::told::{self, HearRuns};
use super::youtube::{Ledger, YouTubeApi, mapping as youtube_mapping};

/// How many documents are read at once; each may be large.
const READERS: usize = 4;

/// What runs need of the world.
#[derive(Clone)]
pub struct Parts {
    /// Fetches feeds.
    pub fetch: Arc<dyn Fetch>,
    /// Takes the records.
    pub log: Arc<dyn AppendLog>,
    /// Keeps large bodies, and what each source's last run saw.
    pub objects: Arc<dyn Objects>,
    /// Writes the records.
    pub codec: Codec,
    /// Gives the time and the runs' ids.
    pub clock: Arc<dyn Clock>,
}

/// Runs sources, at most one run of each at a time.
pub struct Ingest {
    parts: Parts,
    limits: Limits,
    paging: Paging,
    credentials: Option<Credentials>,
    listener: Option<Arc<dyn HearRuns>>,
    turns: Turns,
    youtube: YouTubeApi,
    ledger: Ledger,
    readers: Arc<Semaphore>,
}

impl Ingest {
    /// Runs with the default limits and without secrets.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            limits: Limits::default(),
            paging: Paging::default(),
            credentials: None,
            listener: None,
            turns: Turns::default(),
            youtube: YouTubeApi::default(),
            ledger: Ledger::default(),
            readers: Arc::new(Semaphore::new(READERS)),
        }
    }

    /// Reads documents within these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Follows the pages of feeds within these bounds.
    #[must_use]
    pub fn with_paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    /// Asks the YouTube Data API there, within its quota.
    #[must_use]
    pub fn with_youtube(mut self, youtube: YouTubeApi) -> Self {
        self.youtube = youtube;
        self
    }

    /// Lets sources that name a secret be fetched with it.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Tells somebody how each push, and each run without a scheduler, ended.
    #[must_use]
    pub fn with_listener(mut self, listener: Arc<dyn HearRuns>) -> Self {
        self.listener = Some(listener);
        self
    }

    /// What documents may cost; [`Input::read`] asks for it.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A run without a scheduler, told as it ended: a move that was found is not judged, and nothing is
    /// planned.
    ///
    /// # Errors
    /// As [`Self::run_untold`].
    pub async fn run(&self, job: &Job, input: Input) -> Result<RunReport, IngestError> {
        let trigger = input.trigger();
        match self.run_untold(job, input).await {
            Ok(report) => {
                self.tell(job, trigger, &report, None).await;
                Ok(report)
            }
            Err(FailedRun { error, report }) => {
                if let Some(report) = report {
                    self.tell(job, trigger, &report, Some(&error)).await;
                }
                Err(error)
            }
        }
    }

    /// Appends what is new or changed since the last run of the source; answers when the log has
    /// it. Who asks tells of the run, once it is judged.
    ///
    /// # Errors
    /// [`FailedRun`]; what was appended before it stays, and is known to the next run.
    pub async fn run_untold(&self, job: &Job, input: Input) -> Result<RunReport, FailedRun> {
        let _turn = self
            .turns
            .take(job.source_id)
            .inspect_err(|error| count(Err(error)))?;
        let known = FetchState::load(&*self.parts.objects, job.source_id).await;
        let now = self.parts.clock.now();
        let fetched_at = known.as_ref().map_or(now, |known| known.later(now));
        let mut report = RunReport::new(self.parts.clock.run_id(), job.source_id, fetched_at);
        let ended = match known {
            Ok(known) => self.run_uncounted(job, input, known, &mut report).await,
            Err(error) => Err(error.into()),
        };
        count(ended.as_ref().err().map_or(Ok(&report), Err));
        match ended {
            Ok(()) => Ok(report),
            Err(error) => Err(FailedRun {
                error,
                report: Some(Box::new(report)),
            }),
        }
    }

    /// What runs need of the world.
    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Tells how a run ended, where somebody listens.
    pub(super) async fn tell(
        &self,
        job: &Job,
        trigger: RunTrigger,
        report: &RunReport,
        error: Option<&IngestError>,
    ) {
        let Some(listener) = &self.listener else {
            return;
        };
        let now = self.parts.clock.now();
        if let Some(event) = told::event(job, trigger, report, error, (now, None)) {
            listener.hear(event).await;
        }
    }

    async fn run_uncounted(
        &self,
        job: &Job,
        input: Input,
        known: FetchState,
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let mut head = known.head.clone();
        match self.attempt(job, input, &known, &mut head, report).await {
            Ok(mut next) => {
                self.check_announced(job, &mut next, report).await;
                self.remember(job.source_id, &known, next).await
            }
            Err(error) => {
                if let Some(moved) = &report.moved {
                    tracing::warn!(source.id = %job.source_id, source.moved_to = moved.to,
                        "a feed has moved: {}", moved.outcome.words());
                }
                Err(error)
            }
        }
    }

    /// Gives what the next run must know; where that fails it is written down already.
    async fn attempt(
        &self,
        job: &Job,
        input: Input,
        known: &FetchState,
        head: &mut Head,
        report: &mut RunReport,
    ) -> Result<FetchState, IngestError> {
        let got = self.get(job, input, (known, head), report).await;
        let document = match got {
            Ok(Got::Document(document)) => document,
            Ok(Got::NotModified) => {
                let now_s = report.fetched_at.0.div_euclid(1_000_000);
                report.entry_interval_s = head.rhythm.interval_s(now_s);
                report.hub.clone_from(&head.hub);
                return Ok(known.with_head(head.clone()));
            }
            Err(error) => {
                let next = known.with_head(head.clone());
                self.remember_failure(job.source_id, known, next).await;
                return Err(error);
            }
        };
        let moved_before = known
            .head
            .moved_url
            .clone()
            .filter(|_| known.head.url == head.url);
        let checked = self.check_redirect(job, &document, known, report).await;
        let done = match checked {
            Ok(()) => {
                let unread = head.unread_page.clone();
                let pages = || Pages::new(self.paging, job, &document, unread);
                let pages = document.fetched.then(pages);
                let partial = document.partial;
                let work = self.work(job, document, report);
                let head = head.clone();
                self.append(job, work, (known.clone(), head), (pages, partial), report)
                    .await
            }
            Err(error) => Err(error),
        };
        if done.is_err() && head.moved_url != moved_before {
            // Nothing was read there: the old address stays the one to ask.
            self.forget_move(job, moved_before).await;
        }
        done
    }

    /// Asks at the address that was asked before.
    async fn forget_move(&self, job: &Job, before: Option<String>) {
        let objects = &*self.parts.objects;
        let Ok(state) = FetchState::load(objects, job.source_id).await else {
            return;
        };
        let mut head = state.head.clone();
        head.turn_to(&job.source.fields.url);
        head.moved_url = before;
        head.forget_validators();
        let next = state.with_head(head);
        self.remember_failure(job.source_id, &state, next).await;
    }

    fn work(&self, job: &Job, document: fetching::Document, report: &RunReport) -> Work {
        let correlation_id = job.correlation_id.clone();
        Work {
            bytes: document.bytes,
            content_type: document.content_type,
            limits: self.limits,
            url: document.url,
            source_url: job.source.fields.url.clone(),
            source_id: job.source_id,
            source_seq: job.source_seq,
            run_id: report.run_id,
            fetched_at: report.fetched_at,
            correlation_id: correlation_id.unwrap_or_else(|| report.run_id.to_string()),
            mapping: match document.youtube.is_some() {
                true => youtube_mapping(),
                false => mapping(&job.source.fields),
            }
            .map(Arc::new),
            youtube: document.youtube.is_some(),
            own_program: job.source.fields.program_id.is_none(),
            declared: job.source.fields.format,
            respect_locked: job.source.fields.respect_locked,
            page: None,
        }
    }
}

/// How a JSON of the source's own is read; its declaration was checked when the source was made.
fn mapping(source: &SourceFields) -> Option<Mapping> {
    (source.format == SourceFormat::Json).then(|| Mapping::of(source))?
}

fn count(result: Result<&RunReport, &IngestError>) {
    let outcome = match result {
        Ok(report) if report.not_modified => "not_modified",
        Ok(_) => "read",
        Err(error) => error.code(),
    };
    metrics::counter!("mediamesh_ingest_runs_total", "outcome" => outcome).increment(1);
    if let Ok(report) = result {
        for (state, entries) in [
            ("appended", report.appended),
            ("unchanged", report.unchanged),
        ] {
            metrics::counter!("mediamesh_ingest_entries_total", "state" => state)
                .increment(entries);
        }
    }
}
