//! How a source fares: a fold over its runs, in the order of the log.

use super::{
    Coverage, FeedMove, IngestEvent, IngestFact, QuotaUse, RepairCount, RunCompleted, RunFailed,
    RunState, RunTrigger,
};
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
    /// When the source is due next, as the scheduler planned after the last run that it began.
    pub next_poll: Option<Timestamp>,
    /// What is left of its quota, as the last run that took some saw it.
    pub quota: Option<QuotaUse>,
    /// Where the feed moved, or says that it will.
    pub moved_to: Option<String>,
    /// The move of the feed that was found last, and whether it is followed; none where the feed says nothing of one
    /// any more.
    pub moved: Option<FeedMove>,
    /// Whether a hub tells of new entries, so that polls are rare.
    pub pushed: bool,
    /// Whether there are more pages than a run follows.
    pub pages_left: bool,
    /// Why the last run did not read the feed's next page.
    pub page_failed: Option<String>,
    /// Entries of the last document without a guid.
    pub guids_missing: i64,
    /// Entries of the last document whose guid another one has.
    pub guids_repeated: i64,
    /// Entries of the feed as it was read last with all its pages, or as many as a run may.
    pub listed: i64,
    /// The lowest number that an entry of it gives itself.
    pub numbered_from: Option<i64>,
    /// The highest one.
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
        self.next_poll = match event.trigger {
            RunTrigger::Push => event.next_poll.or(self.next_poll),
            RunTrigger::Fetch | RunTrigger::Bytes => event.next_poll,
        };
        let at = event.finished_at;
        let mut recent = Recent {
            run_id: event.run_id,
            state: event.ended(),
            conditional: false,
            appended: event.appended() > 0,
            repairs: Vec::new(),
        };
        match &event.body {
            IngestFact::Completed(run) => {
                let run_id = event.run_id;
                self.last_success = Some(Ended { run_id, at });
                self.failures = 0;
                self.went_well(run, event.trigger);
                recent.conditional = run.conditional;
                recent.repairs.clone_from(&run.repairs);
            }
            IngestFact::Failed(run) => self.failed(run, event.run_id, at),
        }
        self.recent.push(recent);
        let over = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..over);
    }

    fn went_well(&mut self, run: &RunCompleted, trigger: RunTrigger) {
        self.quota = run.quota.or(self.quota);
        if trigger == RunTrigger::Push {
            // What was pushed says nothing of the feed at the source's address.
            return;
        }
        self.moved_to = run.moved_to.clone().or_else(|| run.announced_url.clone());
        self.pushed = run.pushed;
        if run.moved.is_some() {
            self.moved.clone_from(&run.moved);
        } else if !run.not_modified && self.moved_to.is_none() {
            self.moved = None;
        }
        if !run.not_modified {
            self.guids_missing = run.guids_missing;
            self.guids_repeated = run.guids_repeated;
            self.missing = run.entries_missing;
            self.page_failed.clone_from(&run.page_failed);
        }
        if run.whole {
            // A run that stopped at what is known says nothing of the pages behind.
            self.listed = run.entries;
            self.numbered_from = run.numbered_from;
            self.numbered_to = run.numbered_to;
            self.pages_left = run.pages_left;
        }
    }

    fn failed(&mut self, run: &RunFailed, run_id: RunId, at: Timestamp) {
        self.last_failure = Some(RunEnd {
            run_id,
            at,
            code: run.code.clone(),
            reason: run.reason.clone(),
            advice: run.advice.clone(),
            status: run.status,
        });
        self.failures = self.failures.saturating_add(1);
        if run.moved.is_some() {
            self.moved.clone_from(&run.moved);
        }
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

    /// How much of what must exist the last document lists, where its numbers say that it is a part.
    #[must_use]
    pub fn coverage(&self) -> Option<Coverage> {
        Coverage::of(self.listed, self.numbered_from, self.numbered_to)
    }
}
