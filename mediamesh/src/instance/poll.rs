//! The write API's way to the scheduler.

use async_trait::async_trait;
use mediamesh_api_write::{PollError, PollNow, Polled};
use mediamesh_connectors::scheduler::{self, Scheduler};
use mediamesh_connectors::source::IngestError;
use mediamesh_domain::id::SourceId;

/// Polls by this process's scheduler.
pub(super) struct Polls(pub(super) Scheduler);

#[async_trait]
impl PollNow for Polls {
    async fn poll(
        &self,
        source: SourceId,
        correlation_id: Option<String>,
    ) -> Result<Polled, PollError> {
        let report = self
            .0
            .poll_now(source, correlation_id)
            .await
            .map_err(told)?;
        Ok(Polled {
            run_id: report.run_id,
            not_modified: report.not_modified,
            entries_seen: report.entries_seen,
            appended: report.appended,
            unchanged: report.unchanged,
        })
    }
}

fn told(error: scheduler::PollError) -> PollError {
    match error {
        scheduler::PollError::NoSource(_) => PollError::NoSource,
        scheduler::PollError::Failed(IngestError::Busy) => PollError::Busy,
        scheduler::PollError::Failed(error) => PollError::Failed {
            code: error.code(),
            message: error.to_string(),
            retry_after: error.retry_after(),
        },
    }
}
