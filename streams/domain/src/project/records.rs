//! Rows made of events and verdicts as they are.

use super::{history_key, json};
use crate::episode::suspicion;
use crate::event::{Event, EventBody};
use crate::id::SourceId;
use crate::position::Seq;
use crate::verdict::{Outcome, Verdict};
use crate::view::{RowKey, RowWrite, Table};

/// The rows of an event: its item's history, by version.
#[must_use]
pub fn history(event: &Event) -> Vec<RowWrite> {
    let version = event.version.0.max(0).to_be_bytes();
    let mut rows = vec![RowWrite {
        key: RowKey::new(Table::History, history_key(event.item), version),
        seq: event.seq,
        value: Some((Vec::new(), json(event))),
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
        let index = (i64::from(import.index) + 1).to_be_bytes();
        rows.push(RowWrite {
            key: RowKey::new(Table::Runs, import.run_id.to_string(), index),
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
        item,
        code: refusal.map(|r| r.code.clone()),
        message: refusal.map(|r| r.message.clone()),
        errors: refusal.map(|r| r.errors.clone()).unwrap_or_default(),
    })
}
