//! Runs: what came of each fetch or push of a source, as a record of `ingest.events`; and what follows from the
//! runs of a source, its health.
//!
//! A run says what its connector saw. What became of each entry, the verdicts say.

mod coverage;
mod failure;
mod health;
mod moves;
mod notes;
mod tally;
#[cfg(test)]
mod tests;
mod trial;

pub use coverage::Coverage;
pub use failure::advice;
pub use health::{Ended, RECENT, RunEnd, SourceHealth};
pub use moves::{FeedMove, MoveOutcome, MovedBy};
pub use notes::pages_note;
pub use tally::{EntryFilter, EntryTally, RunCounts, RunTally};
pub use trial::{Look, Trial, TriedEntry, command_of, counts, try_entry};

use crate::command::FieldRepair;
use crate::id::{EventId, RunId, SourceId, name_based};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a run came about. The order of the kinds is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunTrigger {
    /// The source was fetched.
    Fetch,
    /// Somebody gave the bytes of a document.
    Bytes,
    /// A connector of somebody else pushed entries.
    Push,
}

/// One run of a source: a record of `ingest.events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IngestEvent {
    /// UUIDv5 of the source and the run: the same run, the same event.
    pub event_id: EventId,
    /// The source; the record's key.
    pub source_id: SourceId,
    /// The run.
    pub run_id: RunId,
    /// How it came about.
    pub trigger: RunTrigger,
    /// When it began: the time that its entries carry.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// When the source is due next, as the scheduler plans it after this run; absent where it is not polled by itself.
    pub next_poll: Option<Timestamp>,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// How it ended.
    pub body: IngestFact,
}

/// How a run ended. New kinds are added at the end only: their order is the wire's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "completed runs are the rule, failed ones the exception"
)]
pub enum IngestFact {
    /// What the source has now is on the log.
    Completed(RunCompleted),
    /// It did not come to its end.
    Failed(RunFailed),
}

/// What a run saw that came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RunCompleted {
    /// Whether the request was conditional: it named what the last one was given.
    pub conditional: bool,
    /// Whether the server said that nothing has changed.
    pub not_modified: bool,
    /// What kind of document came, for example `rss`.
    pub format: Option<String>,
    /// The encoding of its text, for example `utf-8`.
    pub encoding: Option<String>,
    /// The feed's title.
    pub title: Option<String>,
    /// The bytes that came, decompressed.
    pub bytes: i64,
    /// The documents that it was made of: pages of a paged feed.
    pub pages: i64,
    /// The entries in the document.
    pub entries: i64,
    /// The entries appended: new or changed ones.
    pub appended: i64,
    /// The entries that are as the last run saw them.
    pub unchanged: i64,
    /// The entries that were turned away before they were on the log, for their shape.
    pub rejected: i64,
    /// Whether the feed itself was appended.
    pub feed_appended: bool,
    /// The appended bodies that went to the object store for their size.
    pub claimed: i64,
    /// What of the document as a whole was put right.
    pub repairs: Vec<RepairCount>,
    /// The entries without a guid.
    pub guids_missing: i64,
    /// The entries whose guid another one of the same fetch has.
    pub guids_repeated: i64,
    /// The highest number that an entry gives itself: "the feed lists 100 of 200".
    pub numbered_to: Option<i64>,
    /// Where the feed moved for good, as the server says.
    pub moved_to: Option<String>,
    /// Where the feed says it will live.
    pub announced_url: Option<String>,
    /// Seconds for which the answer stays fresh, as the server or the feed itself says.
    pub max_age_s: Option<i64>,
    /// Seconds that the server asks to wait before the next request.
    pub retry_after_s: Option<i64>,
    /// What it took of a quota, where the source has one.
    pub quota: Option<QuotaUse>,
    /// Seconds between two new entries, on average of late, where that is known.
    pub entry_interval_s: Option<i64>,
    /// Entries that were listed before, and are neither listed now nor pushed out by new ones. Nothing is removed
    /// for that.
    pub entries_missing: i64,
    /// The lowest number that an entry gives itself; above 1, the feed leaves out what comes before.
    pub numbered_from: Option<i64>,
    /// Whether there are more pages than a run follows.
    pub pages_left: bool,
    /// Why the next page was not read; the next run tries it again.
    pub page_failed: Option<String>,
    /// What was found of a move of the feed, and whether it is followed.
    pub moved: Option<FeedMove>,
    /// Whether a hub tells of new entries, so that polls are rare.
    pub pushed: bool,
    /// Whether the feed was read with all its pages, or as many as a run may: what it lists is all that is known to be
    /// there.
    pub whole: bool,
}

impl RunCompleted {
    /// How much of what must exist the feed lists, where its numbers say that it is a part.
    #[must_use]
    pub fn coverage(&self) -> Option<Coverage> {
        Coverage::of(self.entries, self.numbered_from, self.numbered_to)
    }
}

/// How often something was put right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepairCount {
    /// The stable code of the repair.
    pub code: String,
    /// How often.
    pub count: i64,
}

impl RepairCount {
    /// How often each code stands among repairs, by code.
    #[must_use]
    pub fn of(repairs: &[FieldRepair]) -> Vec<Self> {
        let mut counts = BTreeMap::new();
        for repair in repairs {
            *counts.entry(repair.code.as_str()).or_insert(0) += 1;
        }
        let count = |(code, count): (&str, i64)| Self {
            code: code.to_owned(),
            count,
        };
        counts.into_iter().map(count).collect()
    }
}

/// What a run took of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotaUse {
    /// The units that it took.
    pub used: i64,
    /// The units that are left until the quota is renewed, where that is known.
    pub left: Option<i64>,
}

/// Why a run did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunFailed {
    /// A stable code.
    pub code: String,
    /// What is wrong, in words that a person understands.
    pub reason: String,
    /// What to change, and who.
    pub advice: String,
    /// The HTTP status, where the server answered one.
    pub status: Option<i32>,
    /// Seconds that the server asks to wait before the next request.
    pub retry_after_s: Option<i64>,
    /// The entries that were appended before it failed.
    #[serde(default)]
    pub appended: i64,
    /// What was found of a move of the feed, and why it is not followed.
    #[serde(default)]
    pub moved: Option<FeedMove>,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Entries of it are not decided yet.
    Running,
    /// All its entries are decided.
    Completed,
    /// The server said that nothing has changed.
    NotModified,
    /// It did not come to its end.
    Failed,
}

impl RunState {
    /// The state's name as it stands in keys and filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::NotModified => "not_modified",
            Self::Failed => "failed",
        }
    }
}

impl IngestEvent {
    /// The id of the event that tells of a run.
    #[must_use]
    pub fn id_of(source: SourceId, run: RunId) -> EventId {
        let parts: [&[u8]; 2] = [source.as_bytes(), run.as_bytes()];
        EventId(name_based("ingest-event", &parts))
    }

    /// How the run ended, as its connector knows; whether its entries are decided it does not.
    #[must_use]
    pub fn ended(&self) -> RunState {
        match &self.body {
            IngestFact::Completed(run) if run.not_modified => RunState::NotModified,
            IngestFact::Completed(_) => RunState::Completed,
            IngestFact::Failed(_) => RunState::Failed,
        }
    }

    /// How many entries of the run the decider gets to see.
    #[must_use]
    pub fn appended(&self) -> i64 {
        match &self.body {
            IngestFact::Completed(run) => run.appended,
            IngestFact::Failed(run) => run.appended,
        }
    }
}
