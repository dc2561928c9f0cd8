//! How a source fares, in words and numbers: from its runs and the verdicts about their entries, both on the log, so
//! that every node says the same, also after a restart.

use crate::api::ReadApi;
use crate::query::run::counts;
use crate::reply::internal;
use futures::future::try_join_all;
use mediamesh_domain::control::SourceEntry;
use mediamesh_domain::id::SourceId;
use mediamesh_domain::project::{RunScope, health_key, runs_key};
use mediamesh_domain::run::{
    Coverage, Ended, FeedMove, IngestEvent, QuotaUse, RunCounts, RunEnd, RunState, SourceHealth,
    pages_note,
};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::problem::Problem;
use mediamesh_ports::view_store::{Order, Range};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many of the last runs' entries are looked at.
const RUNS_LOOKED_AT: usize = 20;

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceStanding {
    /// Its last run came to its end.
    Ok,
    /// Its last run did not.
    Failing,
    /// Somebody paused it.
    Paused,
    /// It has had no run yet.
    New,
}

/// How a source fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// How it stands.
    pub state: SourceStanding,
    /// When a run last came to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<Ended>,
    /// The last failure with what to change, also where runs have gone well since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<RunEnd>,
    /// How many runs have failed since the last one that did not.
    pub failures: i64,
    /// When it is due next, as the scheduler planned after its last run; absent where it is not polled by itself, or was
    /// never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_poll: Option<Timestamp>,
    /// How many of the last runs (100 at most) the numbers below are of.
    pub runs: usize,
    /// The share of conditional requests that were answered "not modified"; absent where none was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hit_rate: Option<f64>,
    /// How often each thing was put right in whole documents, by code.
    pub document_repairs: BTreeMap<String, i64>,
    /// The entries of the last document.
    pub entries_listed: i64,
    /// Those that must exist by their numbers, which start above 1, and are not in it: "100 of 200".
    pub entries_unlisted: i64,
    /// Those that were listed before, and are neither listed now nor pushed out by new ones; nothing is removed for it.
    pub entries_missing: i64,
    /// Entries of the last document without a guid.
    pub guids_missing: i64,
    /// Entries of the last document whose guid another one has.
    pub guids_repeated: i64,
    /// Where the feed moved, or says that it will.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// The move that was found last, and whether it is followed; `notes` says why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<FeedMove>,
    /// Whether a hub tells of new entries, so that polls are rare.
    pub pushed: bool,
    /// What is worth knowing of it, in sentences.
    pub notes: Vec<String>,
    /// What its last run took of its quota, and what is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<QuotaUse>,
    /// What became of the entries of the last runs; in the answer about one source only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<EntryHealth>,
}

/// What became of the entries of a source's last runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryHealth {
    /// How many runs were looked at (20 at most).
    pub runs: usize,
    /// How many entries ended how, what was put right by code, and which mark told merged ones.
    pub counts: RunCounts,
    /// The share of decided entries that came under a new guid though media file or title say that they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid_churn: Option<f64>,
    /// Merges that something speaks against, as `merges?suspicious=true` of the source shows them.
    pub suspicious_merges: u64,
}

/// How a source fares.
///
/// # Errors
/// 503 where the store fails.
pub async fn health(
    api: &ReadApi,
    id: SourceId,
    source: &SourceEntry,
) -> Result<HealthView, Problem> {
    let row = api.row(api.active(View::Runs), &health_key(id)).await?;
    let known = match &row {
        Some(row) => serde_json::from_slice(&row.body).map_err(|_| internal())?,
        None => SourceHealth::default(),
    };
    Ok(view(known, source))
}

/// What became of the entries of a source's last runs.
///
/// # Errors
/// 503 where the store fails.
pub async fn entries(api: &ReadApi, id: SourceId) -> Result<EntryHealth, Problem> {
    let range = Range {
        table: Table::RunLists,
        partition_key: runs_key(RunScope::Source(id), Some(RunState::Completed)),
        after: None,
        order: Order::Ascending,
        limit: RUNS_LOOKED_AT,
    };
    let rows = api.rows(api.active(View::Runs), &range).await?;
    let parts = rows.iter().map(|(_, row)| async {
        let event: IngestEvent = serde_json::from_slice(&row.body).map_err(|_| internal())?;
        counts(api, event.run_id.0).await
    });
    let mut sum = RunCounts::default();
    for part in try_join_all(parts).await? {
        sum.add(&part);
    }
    let churned: u64 = sum.merged_by.values().sum();
    Ok(EntryHealth {
        runs: rows.len(),
        guid_churn: (sum.decided > 0).then(|| churned as f64 / sum.decided as f64),
        suspicious_merges: sum.suspicious_merges,
        counts: sum,
    })
}

fn view(known: SourceHealth, source: &SourceEntry) -> HealthView {
    let state = if source.fields.paused {
        SourceStanding::Paused
    } else if known.failures > 0 {
        SourceStanding::Failing
    } else if known.recent.is_empty() {
        SourceStanding::New
    } else {
        SourceStanding::Ok
    };
    HealthView {
        state,
        next_poll: next_poll(&known, source),
        notes: notes(&known),
        runs: known.recent.len(),
        hit_rate: known.hit_rate(),
        document_repairs: known.repairs(),
        entries_listed: known.listed,
        entries_unlisted: known.coverage().map_or(0, Coverage::unlisted),
        entries_missing: known.missing,
        guids_missing: known.guids_missing,
        guids_repeated: known.guids_repeated,
        last_success: known.last_success,
        last_error: known.last_failure,
        failures: known.failures,
        moved_to: known.moved_to,
        moved: known.moved,
        pushed: known.pushed,
        quota: known.quota,
        entries: None,
    }
}

/// What the scheduler planned after the last run; none where somebody has paused the source since, or where it is not
/// polled by itself any more.
fn next_poll(known: &SourceHealth, source: &SourceEntry) -> Option<Timestamp> {
    let fields = &source.fields;
    let polled = !fields.paused && fields.interval_s > 0 && !fields.url.is_empty();
    known.next_poll.filter(|_| polled)
}

/// What is worth knowing beside the numbers.
fn notes(known: &SourceHealth) -> Vec<String> {
    let coverage = known.coverage().map(Coverage::sentence);
    let moved = known.moved.as_ref().map(FeedMove::sentence);
    let pages = pages_note(known.pages_left, known.page_failed.as_deref());
    coverage.into_iter().chain(pages).chain(moved).collect()
}
