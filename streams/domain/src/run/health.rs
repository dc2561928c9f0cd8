//! How a source fares: a fold over its runs, in the order of the log.

use super::{IngestEvent, IngestFact, QuotaUse, RepairCount, RunState};
use crate::id::RunId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many runs a source's health looks back on.
pub const RECENT: usize = 100;

/// How a source fares, as its runs tell.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceHealth {
    /// The last run that came to its end.
    pub last_success: Option<Ended>,
    /// The last run that did not, also where runs have gone well since.
    pub last_failure: Option<RunEnd>,
    /// How many runs have failed since the last one that did not.
    pub failures: i64,
    /// When the source is due next, where the last run knew it.
    pub next_poll: Option<Timestamp>,
    /// Seconds that the last answer asks to wait before the next request.
    pub asked_wait_s: i64,
    /// Seconds between two new entries, on average of late.
    pub entry_interval_s: Option<i64>,
    /// What is left of its quota, as the last run that took some saw it.
    pub quota: Option<QuotaUse>,
    /// Where the feed moved, or says that it will.
    pub moved_to: Option<String>,
    /// Entries of the last document without a guid.
    pub guids_missing: i64,
    /// Entries of the last document whose guid another one has.
    pub guids_repeated: i64,
    /// Entries of the last document.
    pub listed: i64,
    /// The highest number that an entry of it gives itself.
    pub numbered_to: Option<i64>,
    /// Entries that were listed before it, and are neither in it nor pushed out by new ones.
    pub missing: i64,
    /// The last runs, oldest first, at most [`RECENT`].
    pub recent: Vec<Recent>,
}

/// A run that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ended {
    /// The run.
    pub run_id: RunId,
    /// When it ended.
    pub at: Timestamp,
}

/// A run that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunEnd {
    /// The run.
    pub run_id: RunId,
    /// When it ended.
    pub at: Timestamp,
    /// A stable code.
    pub code: String,
    /// What is wrong, in words that a person understands.
    pub reason: String,
    /// What to change, and who.
    pub advice: String,
    /// The HTTP status, where the server answered one.
    pub status: Option<i32>,
}

/// What is remembered of one of the last runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// The run.
    pub run_id: RunId,
    /// How it ended.
    pub state: RunState,
    /// Whether its request was conditional.
    pub conditional: bool,
    /// Whether it appended anything.
    pub appended: bool,
    /// What of its document was put right.
    #[serde(default)]
    pub repairs: Vec<RepairCount>,
}

impl SourceHealth {
    /// Takes a run in; one that was taken in lately changes nothing.
    pub fn evolve(&mut self, event: &IngestEvent) {
        if self.recent.iter().any(|run| run.run_id == event.run_id) {
            return;
        }
        self.next_poll = event.next_poll;
        let mut recent = Recent {
            run_id: event.run_id,
            state: event.ended(),
            conditional: false,
            appended: event.appended() > 0,
            repairs: Vec::new(),
        };
        match &event.body {
            IngestFact::Completed(run) => {
                self.last_success = Some(Ended {
                    run_id: event.run_id,
                    at: event.finished_at,
                });
                self.failures = 0;
                self.asked_wait_s = run.max_age_s.max(run.retry_after_s).unwrap_or(0);
                self.entry_interval_s = run.entry_interval_s.or(self.entry_interval_s);
                self.quota = run.quota.or(self.quota);
                self.moved_to = run.moved_to.clone().or_else(|| run.announced_url.clone());
                if !run.not_modified {
                    self.guids_missing = run.guids_missing;
                    self.guids_repeated = run.guids_repeated;
                    self.listed = run.entries;
                    self.numbered_to = run.numbered_to;
                    self.missing = run.entries_missing;
                }
                recent.conditional = run.conditional;
                recent.repairs.clone_from(&run.repairs);
            }
            IngestFact::Failed(run) => {
                self.last_failure = Some(RunEnd {
                    run_id: event.run_id,
                    at: event.finished_at,
                    code: run.code.clone(),
                    reason: run.reason.clone(),
                    advice: run.advice.clone(),
                    status: run.status,
                });
                self.failures = self.failures.saturating_add(1);
                self.asked_wait_s = run.retry_after_s.unwrap_or(0);
            }
        }
        self.recent.push(recent);
        let over = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..over);
    }

    /// Which share of the conditional requests among the last runs was answered "not modified"; none where none was.
    #[must_use]
    pub fn hit_rate(&self) -> Option<f64> {
        let asked = |run: &&Recent| run.conditional && run.state != RunState::Failed;
        let conditional = self.recent.iter().filter(asked).count();
        let hits = self.recent.iter().filter(asked);
        let hits = hits
            .filter(|run| run.state == RunState::NotModified)
            .count();
        (conditional > 0).then(|| hits as f64 / conditional as f64)
    }

    /// How often each thing was put right in the documents of the last runs.
    #[must_use]
    pub fn repairs(&self) -> BTreeMap<String, i64> {
        let mut counts = BTreeMap::new();
        for repair in self.recent.iter().flat_map(|run| &run.repairs) {
            let count = counts.entry(repair.code.clone()).or_insert(0_i64);
            *count = count.saturating_add(repair.count);
        }
        counts
    }

    /// How many of the numbered entries the last document does not list: "100 of 200".
    #[must_use]
    pub fn entries_unlisted(&self) -> i64 {
        self.numbered_to
            .map_or(0, |last| last.saturating_sub(self.listed).max(0))
    }
}
