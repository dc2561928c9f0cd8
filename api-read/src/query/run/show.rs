//! One run as a whole.

use crate::api::ReadApi;
use crate::reply::internal;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::project;
use mediamesh_domain::run::{
    FeedMove, IngestEvent, IngestFact, RunCompleted, RunCounts, RunFailed, RunState, RunTally,
    RunTrigger,
};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// More rows of numbers than a run can have: one a partition of verdicts.
const TALLIES: usize = 1_000;

/// A run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunView {
    /// Its id.
    pub run_id: RunId,
    /// The source.
    pub source_id: SourceId,
    /// How it stands.
    pub state: RunState,
    /// How it came about.
    pub trigger: RunTrigger,
    /// When it began.
    pub started_at: Timestamp,
    /// When its fetch, or push, ended; its entries may be decided later.
    pub finished_at: Timestamp,
    /// How many of its entries are for the decider.
    pub expected: i64,
    /// How many of them are decided.
    pub decided: u64,
    /// How many ended how.
    pub counts: RunCounts,
    /// What the connector saw; absent where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<RunCompleted>,
    /// Why it failed and what to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<RunFailed>,
    /// What is worth knowing of it, in sentences.
    pub notes: Vec<String>,
    /// Ties log lines, records and answers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Where its entries are.
    pub entries_url: String,
}

/// A run by what its connector told of it; none where that is not known (yet).
///
/// # Errors
/// 503 where the store fails.
pub async fn report(api: &ReadApi, run: Uuid) -> Result<Option<RunView>, Problem> {
    let key = project::report_key(RunId(run));
    let Some(row) = api.row(api.active(View::Runs), &key).await? else {
        return Ok(None);
    };
    let event = read(&row.body)?;
    let counts = counts(api, run).await?;
    Ok(Some(of_event(event, counts)))
}

/// The event of a stored run.
///
/// # Errors
/// 500 where it cannot be read.
pub(super) fn read(body: &[u8]) -> Result<IngestEvent, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        tracing::error!(error = %error, "a stored run cannot be read");
        internal()
    })
}

/// How many entries of a run ended how.
///
/// # Errors
/// 503 where the store fails.
pub async fn counts(api: &ReadApi, run: Uuid) -> Result<RunCounts, Problem> {
    let mut sum = RunCounts::default();
    for (_, row) in tallies(api, run).await? {
        let part: RunCounts = serde_json::from_slice(&row.meta).map_err(|_| internal())?;
        sum.add(&part);
    }
    Ok(sum)
}

/// The notes of a run's entries, by their place in the fetch.
///
/// # Errors
/// 503 where the store fails.
pub(super) async fn notes(api: &ReadApi, run: Uuid) -> Result<Vec<RunTally>, Problem> {
    let rows = tallies(api, run).await?;
    let notes = rows.iter().map(|(_, row)| RunTally::read(&row.body));
    notes.collect::<Option<_>>().ok_or_else(internal)
}

async fn tallies(
    api: &ReadApi,
    run: Uuid,
) -> Result<Vec<(Vec<u8>, mediamesh_domain::view::Row)>, Problem> {
    let range = Range {
        table: Table::RunTallies,
        partition_key: run.to_string().into_bytes(),
        after: None,
        order: Order::Ascending,
        limit: TALLIES,
    };
    api.rows(api.active(View::Verdicts), &range).await
}

/// A run with what became of its entries.
#[must_use]
pub fn of_event(event: IngestEvent, counts: RunCounts) -> RunView {
    let (ended, expected) = (event.ended(), event.appended());
    let waits = u64::try_from(expected).is_ok_and(|expected| counts.decided < expected);
    let state = match ended {
        RunState::Completed if waits => RunState::Running,
        other => other,
    };
    let (seen, failure) = match event.body {
        IngestFact::Completed(seen) => (Some(seen), None),
        IngestFact::Failed(failure) => (None, Some(failure)),
    };
    let moved = failure.as_ref().and_then(|failure| failure.moved.as_ref());
    let moved = moved.map(FeedMove::sentence).into_iter();
    let notes = seen.as_ref().map(RunCompleted::notes);
    let notes = notes.unwrap_or_else(|| moved.collect());
    RunView {
        run_id: event.run_id,
        source_id: event.source_id,
        state,
        trigger: event.trigger,
        started_at: event.started_at,
        finished_at: event.finished_at,
        expected,
        decided: counts.decided,
        counts,
        seen,
        failure,
        notes,
        correlation_id: event.correlation_id,
        entries_url: format!("/api/v1/desk/runs/{}", event.run_id),
    }
}
