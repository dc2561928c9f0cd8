//! Rows made of runs: each by its id and in lists, newest first. How a source fares is a row of its own, which the
//! sink folds.

use super::{json, newest_first};
use crate::id::{RunId, SourceId};
use crate::position::Seq;
use crate::run::{IngestEvent, RunState, SourceHealth};
use crate::view::{RowKey, RowWrite, Table};

/// Whose runs a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunScope {
    /// Those of all sources, "not modified" apart: there would be nothing else to see.
    All,
    /// Those of one source.
    Source(SourceId),
}

/// The partition key of the runs that ended in a state; without one: of all that are worth a look.
#[must_use]
pub fn runs_key(scope: RunScope, state: Option<RunState>) -> Vec<u8> {
    let class = state.map_or("told", RunState::as_str);
    match scope {
        RunScope::All => format!("all/{class}").into_bytes(),
        RunScope::Source(source) => format!("{source}/{class}").into_bytes(),
    }
}

/// Where a run stands by its id.
#[must_use]
pub fn report_key(run: RunId) -> RowKey {
    RowKey::new(Table::RunReports, run.to_string(), Vec::new())
}

/// Where it stands how a source fares.
#[must_use]
pub fn health_key(source: SourceId) -> RowKey {
    RowKey::new(Table::SourceHealth, source.to_string(), Vec::new())
}

/// The row that says how a source fares; `offset` is that of the last run taken in.
#[must_use]
pub fn health_row(source: SourceId, offset: Seq, health: &SourceHealth) -> RowWrite {
    RowWrite {
        key: health_key(source),
        seq: offset,
        value: Some((Vec::new(), json(health))),
    }
}

/// The rows of a run; `offset` orders what is said of it.
#[must_use]
pub fn run(event: &IngestEvent, offset: Seq) -> Vec<RowWrite> {
    let body = json(event);
    let write = |key| RowWrite {
        key,
        seq: offset,
        value: Some((Vec::new(), body.clone())),
    };
    let ended = event.ended();
    let source = RunScope::Source(event.source_id);
    let mut lists = vec![runs_key(source, Some(ended))];
    if ended != RunState::NotModified {
        lists.push(runs_key(source, None));
        lists.push(runs_key(RunScope::All, Some(ended)));
        lists.push(runs_key(RunScope::All, None));
    }
    let place = newest_first(Some(event.started_at), event.run_id.0);
    let listed = lists
        .into_iter()
        .map(|list| write(RowKey::new(Table::RunLists, list, place.clone())));
    std::iter::once(write(report_key(event.run_id)))
        .chain(listed)
        .collect()
}
