//! Gives a source its new address when its feed has moved.
//!
//! A run finds out whether the same feed is at the new address; here the control decider is asked, by
//! the version that the run knew: an editor's change at the same time comes first.

use std::sync::Arc;

use async_trait::async_trait;
use mediamesh_domain::command::{Expectation, ExpectationKind, Principal};
use mediamesh_domain::control::{ControlBody, ControlCommand, UpdateSource};
use mediamesh_domain::id::{CommandId, SourceId};
use mediamesh_domain::position::Partition;
use mediamesh_domain::repair::url::canonical_feed;
use mediamesh_domain::run::{FeedMove, MoveOutcome};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{AppendLog, NewRecord};
use mediamesh_schemas::{Codec, Topic};
use serde_json::json;

use crate::source::{Clock, FailedRun, IngestError, Input, Job, RunReport};

use super::Runs;

/// Runs sources, and moves those whose feeds have moved.
pub struct Moving {
    /// Runs them.
    pub runs: Arc<dyn Runs>,
    /// Says which sources there are.
    pub control: Arc<dyn Control>,
    /// Takes the commands.
    pub log: Arc<dyn AppendLog>,
    /// Writes them.
    pub codec: Codec,
    /// Gives their time.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Runs for Moving {
    async fn run(&self, job: &Job, input: Input) -> Result<RunReport, FailedRun> {
        let mut report = self.runs.run(job, input).await?;
        if let Some(found) = report.moved.take() {
            report.moved = Some(self.judge(job, found, &report).await);
        }
        Ok(report)
    }
}

impl Moving {
    async fn judge(&self, job: &Job, found: FeedMove, report: &RunReport) -> FeedMove {
        let outcome = match found.outcome {
            MoveOutcome::Confirmed if self.is_taken(job.source_id, &found.to) => MoveOutcome::Taken,
            MoveOutcome::Confirmed => match self.ask(job, &found, report).await {
                Ok(()) => MoveOutcome::Followed,
                Err(error) => {
                    tracing::warn!(source.id = %job.source_id, error.message = %error,
                        "a feed has moved, and the source could not be told; the next run tries again");
                    MoveOutcome::Confirmed
                }
            },
            other => other,
        };
        if outcome == MoveOutcome::Followed {
            tracing::info!(source.id = %job.source_id, "a feed has moved: {}", outcome.words());
        } else {
            tracing::warn!(source.id = %job.source_id, "a feed has moved: {}", outcome.words());
        }
        FeedMove { outcome, ..found }
    }

    /// Whether another source has the address, or would get its id by it.
    fn is_taken(&self, source: SourceId, to: &str) -> bool {
        let canonical = |url: &str| canonical_feed(url).unwrap_or_else(|| url.to_owned());
        let to = canonical(to);
        let control = self.control.current();
        let mut others = control.sources.iter().filter(|(id, _)| **id != source);
        others.any(|(_, other)| canonical(&other.fields.url) == to)
    }

    async fn ask(
        &self,
        job: &Job,
        found: &FeedMove,
        report: &RunReport,
    ) -> Result<(), IngestError> {
        let version = job.source.version;
        let id = CommandId::of(&[
            b"move",
            job.source_id.as_bytes(),
            &version.0.to_be_bytes(),
            found.to.as_bytes(),
        ]);
        let command = ControlCommand {
            command_id: id,
            at: self.clock.now(),
            principal: Principal::system("scheduler"),
            expected: Some(Expectation {
                kind: ExpectationKind::IfMatch,
                version,
            }),
            reply_to: None,
            payload_hash: None,
            correlation_id: Some(report.run_id.to_string()),
            body: ControlBody::UpdateSource(UpdateSource {
                source_id: job.source_id,
                patch: json!({ "url": found.to }).to_string(),
            }),
        };
        let record = NewRecord {
            topic: Topic::ControlCommands,
            partition: Partition(0),
            key: id.to_string().into_bytes(),
            value: Some(self.codec.encode(&command)?),
            headers: Vec::new(),
            timestamp: command.at,
        };
        self.log.append(vec![record]).await?;
        Ok(())
    }
}
