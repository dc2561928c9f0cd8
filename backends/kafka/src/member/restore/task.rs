//! What one state lacks, and filling it in.

use super::super::ledger::HeldState;
use super::Restored;
use crate::log::Core;
use crate::meter;
use crate::state::{Checkpoint, Incarnation, Staged, StateAt, States, Write};
use crate::topics::REMOVALS_KEPT;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::Error;
use mediamesh_ports::state_store::StateChange;
use rdkafka::message::{BorrowedMessage, Message};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// How many changes are written at once, about.
const CHANGES: usize = 2_000;
const BYTES: usize = 2 << 20;

/// What is to be done before a state is there.
pub(in super::super) enum Plan {
    /// Nothing.
    Ready(HeldState),
    /// The rest is to be read.
    Restore(Task),
}

/// Compares a copy with where its group stands, and empties it where it is no copy of that.
pub(in super::super) fn plan(
    core: &Core,
    store: &str,
    group: &str,
    partition: Partition,
    committed: Option<i64>,
    at: Option<StateAt>,
) -> Result<Plan, Error> {
    let states = core.states.as_ref();
    let states = states.ok_or_else(|| Error::Refused("no state directory".to_owned()))?;
    let copy = states.partition(store, partition)?;
    let checkpoint = states.checkpoint(store, partition)?;
    let (at, from) = match at {
        Some(at) => (at, checkpoint.and_then(|found| found.usable(at, committed))),
        // The group never committed here, or somebody else has set its offset: the whole changelog counts.
        None => {
            let changelog = core.names.changelog(group);
            let (_, end) = core.questions.bounds(&changelog, partition)?;
            let incarnation = Incarnation::new();
            let at = StateAt {
                incarnation,
                changelog: Offset(end),
            };
            (at, None)
        }
    };
    let from = match from {
        Some(from) => from,
        None => {
            if let Some(old) = checkpoint {
                let why = old.unusable(at, committed);
                tracing::warn!(
                    group,
                    partition = partition.0,
                    why,
                    "a state's copy is emptied"
                );
                meter::wiped(group, why);
            }
            states.wipe(store, partition)?;
            Offset(0)
        }
    };
    let state = HeldState {
        incarnation: at.incarnation,
        changelog: at.changelog.0,
        copy,
        staged: Arc::new(Staged::default()),
    };
    if from >= at.changelog {
        return Ok(Plan::Ready(state));
    }
    Ok(Plan::Restore(Task::new(from, committed, state)))
}

impl Checkpoint {
    /// Where to read on so that this copy becomes the state at `at`; none where it cannot.
    fn usable(&self, at: StateAt, committed: Option<i64>) -> Option<Offset> {
        let same = self.incarnation == at.incarnation;
        let ahead = self.changelog > at.changelog || Some(self.input.0) > committed;
        let current = self.changelog == at.changelog;
        (same && !ahead && (current || !self.is_old())).then_some(self.changelog)
    }

    /// Why not, in a word.
    fn unusable(&self, at: StateAt, committed: Option<i64>) -> &'static str {
        match self {
            other if other.incarnation != at.incarnation => "another state",
            ahead if ahead.changelog > at.changelog => "ahead of the changelog",
            ahead if Some(ahead.input.0) > committed => "ahead of the group",
            _ => "too old",
        }
    }

    /// Whether removals that it lacks may have left the changelog already.
    fn is_old(&self) -> bool {
        let age = SystemTime::now().duration_since(self.at);
        age.unwrap_or_default() > REMOVALS_KEPT / 2
    }
}

/// What one state lacks.
pub(in super::super) struct Task {
    committed: Option<i64>,
    state: HeldState,
    from: i64,
    next: i64,
    /// The last change of each key: one batch of the database holds a key once.
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    bytes: usize,
    read: usize,
    began: Instant,
    moved: Instant,
}

impl Task {
    fn new(from: Offset, committed: Option<i64>, state: HeldState) -> Self {
        Self {
            committed,
            state,
            from: from.0,
            next: from.0,
            changes: BTreeMap::new(),
            bytes: 0,
            read: 0,
            began: Instant::now(),
            moved: Instant::now(),
        }
    }

    pub(super) fn from(&self) -> i64 {
        self.from
    }

    pub(super) fn until(&self) -> i64 {
        self.state.changelog
    }

    pub(super) fn left(&self) -> i64 {
        (self.until() - self.next).max(0)
    }

    pub(super) fn read(&self) -> usize {
        self.read
    }

    pub(super) fn began(&self) -> Instant {
        self.began
    }

    pub(super) fn is_done(&self) -> bool {
        self.next >= self.until()
    }

    /// Whether it has not moved for so long; asked once in that time.
    pub(super) fn is_stalled(&mut self, long: Duration) -> bool {
        let stalled = self.moved.elapsed() >= long;
        if stalled {
            self.moved = Instant::now();
        }
        stalled
    }

    /// Takes a change in, where it is one that lacks.
    pub(super) fn take(&mut self, message: &BorrowedMessage<'_>) -> bool {
        let at = message.offset();
        if at < self.next || at >= self.until() {
            // What stands after it was never committed by the group.
            self.pass(at);
            return false;
        }
        let key = message.key().unwrap_or_default().to_vec();
        let value = message.payload().map(<[u8]>::to_vec);
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        self.changes.insert(key, value);
        self.read += 1;
        self.pass(at + 1);
        true
    }

    /// Notes that nothing more comes before an offset.
    pub(super) fn pass(&mut self, at: i64) {
        if at > self.next {
            self.next = at.min(self.until());
            self.moved = Instant::now();
        }
    }

    /// Writes what has come, where that is enough.
    pub(super) fn write(
        &mut self,
        states: &States,
        store: &str,
        partition: Partition,
    ) -> Result<(), Error> {
        let enough = self.changes.len() >= CHANGES || self.bytes >= BYTES;
        if enough || self.is_done() {
            self.write_now(states, store, partition, -1)?;
        }
        Ok(())
    }

    /// The state is there.
    pub(super) fn finish(
        mut self,
        states: &States,
        store: &str,
        partition: Partition,
    ) -> Result<Restored, Error> {
        self.write_now(states, store, partition, self.committed.unwrap_or(-1))?;
        Ok(Restored {
            partition,
            committed: self.committed,
            state: self.state,
        })
    }

    fn write_now(
        &mut self,
        states: &States,
        store: &str,
        partition: Partition,
        input: i64,
    ) -> Result<(), Error> {
        let changes: Vec<_> = std::mem::take(&mut self.changes)
            .into_iter()
            .map(|(key, value)| StateChange { key, value })
            .collect();
        states.write(&[Write {
            store,
            partition,
            copy: &self.state.copy,
            changes: &changes,
            checkpoint: Checkpoint {
                incarnation: self.state.incarnation,
                changelog: Offset(self.next),
                input: Offset(input),
                at: SystemTime::now(),
            },
        }])?;
        self.bytes = 0;
        Ok(())
    }
}
