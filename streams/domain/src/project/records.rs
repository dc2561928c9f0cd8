//! Rows made of events and verdicts as they are.

use super::{history_key, json};
use crate::episode::suspicion;
use crate::event::{Event, EventBody, Rung};
use crate::id::{RunId, SourceId};
use crate::position::{Partition, Seq};
use crate::run::{EntryTally, RepairCount, RunTally};
use crate::time::Timestamp;
use crate::verdict::{Outcome, Verdict};
use crate::view::{RowKey, RowWrite, Table};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The meta of an event's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EventMeta {
    /// When its command was put on the log, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appended_at: Option<Timestamp>,
}

/// The rows of an event: its item's history, by version.
#[must_use]
pub fn history(event: &Event, meta: EventMeta) -> Vec<RowWrite> {
    let version = event.version.0.max(0).to_be_bytes();
    let mut rows = vec![RowWrite {
        key: RowKey::new(Table::History, history_key(event.item), version),
        seq: event.seq,
        value: Some((json(&meta), json(event))),
    }];
    if let EventBody::EpisodeMatched(matched) = &event.body {
        let at = event.decided_at.0.max(0).to_be_bytes();
        let place = [at.as_slice(), event.item.id.as_bytes(), &version].concat();
        let report = suspicion::report(event, matched);
        rows.push(RowWrite {
            key: RowKey::new(Table::History, matches_key(report.source_id), place),
            seq: event.seq,
            value: Some((Vec::new(), json(&report))),
        });
    }
    rows
}

/// The partition key of the matches by which a source's entries were found, by time.
#[must_use]
pub fn matches_key(source: SourceId) -> Vec<u8> {
    format!("matches/{source}").into_bytes()
}

/// The rows of a verdict: the command's answer, and its entry in its run.
///
/// `offset` orders what is said of one command: the last word stands.
#[must_use]
pub fn verdict(verdict: &Verdict, offset: Seq) -> Vec<RowWrite> {
    let mut rows = Vec::with_capacity(2);
    if let Some(import) = &verdict.import {
        rows.push(RowWrite {
            key: run_entry_key(import.run_id.0, import.index),
            seq: offset,
            value: Some((Vec::new(), json(&run_entry(verdict)))),
        });
    } else {
        rows.push(RowWrite {
            key: RowKey::new(Table::Verdicts, verdict.command_id.to_string(), Vec::new()),
            seq: offset,
            value: Some((Vec::new(), json(verdict))),
        });
    }
    rows
}

/// Where an entry of a run stands; its place in the fetch is -1 for the program itself.
#[must_use]
pub fn run_entry_key(run: Uuid, index: i32) -> RowKey {
    let place = (i64::from(index) + 1).to_be_bytes();
    RowKey::new(Table::Runs, run.to_string(), place)
}

/// Where the notes of a run's entries stand whose verdicts lie in one partition.
#[must_use]
pub fn tally_key(run: RunId, partition: Partition) -> RowKey {
    let partition = i64::from(partition.0).to_be_bytes();
    RowKey::new(Table::RunTallies, run.to_string(), partition)
}

/// The row of the notes: its meta is their numbers, so that lists need not read the notes.
#[must_use]
pub fn tally_row(key: RowKey, seq: Seq, tally: &RunTally) -> RowWrite {
    RowWrite {
        key,
        seq,
        value: Some((json(&tally.counts()), tally.bytes())),
    }
}

/// The note of the entry that a verdict is about, with its run and place; none where it is about no entry.
#[must_use]
pub fn entry_tally(verdict: &Verdict, offset: i64) -> Option<(RunId, i32, EntryTally)> {
    let import = verdict.import.as_ref()?;
    let repaired = import.repaired.iter();
    let codes = repaired.map(|r| (r.code.clone(), r.count)).collect();
    let entry = EntryTally {
        offset,
        outcome: import.outcome,
        repairs: import.repairs,
        rung: import.matched_by,
        codes,
        suspicious: match &verdict.outcome {
            Outcome::Accepted(accepted) => suspicion::is_suspicious(&accepted.warnings),
            Outcome::Refused(_) => false,
        },
    };
    Some((import.run_id, import.index, entry))
}

/// An entry of a run as it is listed.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunEntry {
    /// Its place in the fetch; -1 for the program itself.
    pub index: i32,
    /// What became of it.
    pub outcome: crate::verdict::EntryOutcome,
    /// How many fields were put right.
    pub repairs: i32,
    /// What was put right, by code.
    #[serde(default)]
    pub repaired: Vec<RepairCount>,
    /// The mark that told which item it is, where that was not the strongest one.
    #[serde(default)]
    pub matched_by: Option<Rung>,
    /// The item, where it is one.
    pub item: Option<crate::id::ItemRef>,
    /// Why it was refused: a stable code.
    pub code: Option<String>,
    /// Why it was refused, in words.
    pub message: Option<String>,
    /// Every broken rule with its field.
    pub errors: Vec<crate::verdict::Finding>,
}

fn run_entry(verdict: &Verdict) -> Option<RunEntry> {
    let import = verdict.import.as_ref()?;
    let (item, refusal) = match &verdict.outcome {
        Outcome::Accepted(accepted) => (Some(accepted.item), None),
        Outcome::Refused(refusal) => (None, Some(refusal)),
    };
    Some(RunEntry {
        index: import.index,
        outcome: import.outcome,
        repairs: import.repairs,
        repaired: import.repaired.clone(),
        matched_by: import.matched_by,
        item,
        code: refusal.map(|r| r.code.clone()),
        message: refusal.map(|r| r.message.clone()),
        errors: refusal.map(|r| r.errors.clone()).unwrap_or_default(),
    })
}
