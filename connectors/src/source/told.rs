//! What a run tells: one record of `ingest.events` each, also where it failed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use mediamesh_domain::ingest::RawFormat;
use mediamesh_domain::run::{
    self, IngestEvent, IngestFact, RepairCount, RunCompleted, RunFailed, RunTrigger,
};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{AppendLog, NewRecord, header, partition_of};
use mediamesh_schemas::{Codec, Topic};

use crate::egress;

use super::error::IngestError;
use super::input::Job;
use super::report::RunReport;

/// How many records wait for a log that does not take them; the oldest go first.
const WAITING: usize = 1_000;

/// Hears how each run ended.
#[async_trait]
pub trait HearRuns: Send + Sync {
    /// Hears of a run that has ended; a run is told of at least once.
    async fn hear(&self, event: IngestEvent);
}

/// Appends what is heard to `ingest.events`. What the log does not take now goes with the next run.
pub struct RunEvents {
    log: Arc<dyn AppendLog>,
    codec: Codec,
    waiting: Mutex<VecDeque<NewRecord>>,
}

impl RunEvents {
    /// Appends to this log.
    #[must_use]
    pub fn new(log: Arc<dyn AppendLog>, codec: Codec) -> Self {
        Self {
            log,
            codec,
            waiting: Mutex::default(),
        }
    }

    fn take(&self) -> Vec<NewRecord> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.drain(..).collect()
    }

    fn keep(&self, records: Vec<NewRecord>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records.into_iter().rev() {
            waiting.push_front(record);
        }
        let over = waiting.len().saturating_sub(WAITING);
        waiting.drain(..over);
    }
}

#[async_trait]
impl HearRuns for RunEvents {
    async fn hear(&self, event: IngestEvent) {
        let mut records = self.take();
        match record(&self.codec, &event) {
            Ok(record) => records.push(record),
            Err(error) => tracing::error!(run.id = %event.run_id, error.message = %error, "a run \
                does not fit into its record"),
        }
        if let Err(error) = self.log.append(records.clone()).await {
            metrics::counter!("mediamesh_ingest_events_late_total").increment(1);
            tracing::warn!(source.id = %event.source_id, run.id = %event.run_id,
                error.message = %error, "a run is told of later: the log does not take its record");
            self.keep(records);
        }
    }
}

fn record(codec: &Codec, event: &IngestEvent) -> Result<NewRecord, mediamesh_schemas::EncodeError> {
    let key = event.source_id.to_string().into_bytes();
    let correlation = event.correlation_id.clone().unwrap_or_default();
    Ok(NewRecord {
        topic: Topic::IngestEvents,
        partition: partition_of(&key, Topic::IngestEvents.spec().partitions),
        key,
        value: Some(codec.encode(event)?),
        headers: vec![(header::CORRELATION_ID.to_owned(), correlation.into_bytes())],
        timestamp: event.finished_at,
    })
}

/// The event of a run that has ended, at a time, after which the source is due at another; none where it was stopped
/// with its process, which says nothing of the source.
pub(crate) fn event(
    job: &Job,
    trigger: RunTrigger,
    report: &RunReport,
    error: Option<&IngestError>,
    (now, next_poll): (Timestamp, Option<Timestamp>),
) -> Option<IngestEvent> {
    let body = match error {
        None => IngestFact::Completed(report.seen()),
        Some(IngestError::Stopped | IngestError::Busy) => return None,
        Some(error) => IngestFact::Failed(failed(report, error)),
    };
    let run_id = report.run_id;
    let correlation_id = job.correlation_id.clone();
    Some(IngestEvent {
        event_id: IngestEvent::id_of(job.source_id, run_id),
        source_id: job.source_id,
        run_id,
        trigger,
        started_at: report.fetched_at,
        finished_at: now.max(report.fetched_at),
        next_poll,
        correlation_id: correlation_id.or_else(|| Some(run_id.to_string())),
        body,
    })
}

/// What a run saw, as records and answers say it.
pub(super) fn completed(report: &RunReport) -> RunCompleted {
    let numbers = report.numbers();
    RunCompleted {
        conditional: report.conditional,
        not_modified: report.not_modified,
        format: report.format.map(format_name),
        encoding: report.encoding.map(str::to_owned),
        title: report.title.clone(),
        bytes: number(report.fetched_bytes),
        pages: i64::from(report.pages),
        entries: number(report.entries_seen),
        appended: number(report.appended),
        unchanged: number(report.unchanged),
        rejected: number(report.rejected),
        feed_appended: report.feed_appended,
        claimed: number(report.claimed),
        repairs: repairs(report),
        guids_missing: number(report.guids_missing),
        guids_repeated: number(report.guids_repeated),
        numbered_to: numbers.map(|(_, to)| to),
        moved_to: report.moved_to.clone(),
        announced_url: report.announced_url.clone(),
        max_age_s: report.max_age_s.max(report.ttl_s).map(number),
        retry_after_s: report.retry_after_s.map(number),
        quota: report.quota,
        entry_interval_s: report.entry_interval_s.map(number),
        entries_missing: number(report.entries_missing),
        numbered_from: numbers.map(|(from, _)| from),
        pages_left: report.pages_left,
        page_failed: report.page_failed.clone(),
        moved: report.moved.clone(),
        pushed: report.push_renew_s.is_some(),
        whole: report.whole(),
    }
}

fn repairs(report: &RunReport) -> Vec<RepairCount> {
    let count = |(code, count): (&&str, &u64)| RepairCount {
        code: (*code).to_owned(),
        count: number(*count),
    };
    report.repairs.iter().map(count).collect()
}

fn failed(report: &RunReport, error: &IngestError) -> RunFailed {
    let status = match error {
        IngestError::Fetch(egress::Error::Status { code, .. }) => Some(i32::from(*code)),
        _ => None,
    };
    RunFailed {
        code: error.code().to_owned(),
        reason: error.to_string(),
        advice: run::advice(error.code(), status).to_owned(),
        status,
        retry_after_s: error.retry_after().map(|wait| number(wait.as_secs())),
        appended: number(report.appended),
        moved: report.moved.clone(),
    }
}

/// The format's name as it stands in records.
fn format_name(format: RawFormat) -> String {
    let name = serde_json::to_value(format).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str);
    name.unwrap_or_default().to_owned()
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
