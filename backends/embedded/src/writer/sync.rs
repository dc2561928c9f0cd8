//! The sync thread: makes commits durable, and decides when.
//!
//! A command's append waits a moment for the step that it sets off, so that both share a sync. Steps alone
//! (bulk work) are synced at most every [`BULK`]; what nobody waits for (state, views), after [`IDLE`].

use super::request::Reply;
use crate::database::Shared;
use crate::faults::Faults;
use crate::journal::JournalFile;
use crate::partitions::Slot;
use mediamesh_domain::position::Offset;
use mediamesh_ports::event_log::Error;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an append waits for the step that it sets off.
const LINGER: Duration = Duration::from_micros(500);
/// How far apart syncs are while no append waits.
const BULK: Duration = Duration::from_millis(5);
/// How long something may stay unsynced that nobody waits for.
const IDLE: Duration = Duration::from_secs(1);

/// Somebody who waits until a commit is durable.
pub(crate) enum Waiter {
    /// An append, and the offsets it was given.
    Append {
        offsets: Vec<Offset>,
        reply: Reply<Result<Vec<Offset>, Error>>,
    },
    /// Other writes.
    Writes(Reply<Result<(), Error>>),
}

impl Waiter {
    fn acknowledge(self) {
        match self {
            Self::Append { offsets, reply } => reply.send(Ok(offsets)),
            Self::Writes(reply) => reply.send(Ok(())),
        }
    }

    /// Answers that it is not known whether it was taken.
    pub(crate) fn refuse(self, error: &Error) {
        match self {
            Self::Append { reply, .. } => reply.send(Err(error.clone())),
            Self::Writes(reply) => reply.send(Err(error.clone())),
        }
    }
}

/// What is committed and not yet synced.
#[derive(Default)]
pub(crate) struct Pending {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    round: Round,
    /// Since when something is unsynced, somebody waits, a step's records wait to be seen.
    unsynced: Option<Instant>,
    waiting: Option<Instant>,
    outputs: Option<Instant>,
    /// Whether nothing is worth lingering for.
    hurry: bool,
    closed: bool,
}

/// What one sync makes durable.
#[derive(Default)]
struct Round {
    commit: u64,
    ends: BTreeMap<Slot, i64>,
    waiters: Vec<Waiter>,
}

impl Pending {
    /// Takes note of a commit.
    pub(crate) fn add(
        &self,
        commit: u64,
        ends: &BTreeMap<Slot, i64>,
        waiters: Vec<Waiter>,
        outputs: bool,
        followed: bool,
    ) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.round.commit = commit;
        state.round.ends.extend(ends);
        state.unsynced.get_or_insert(now);
        if !waiters.is_empty() {
            state.waiting.get_or_insert(now);
            state.hurry |= !followed;
        }
        if outputs {
            state.outputs.get_or_insert(now);
            state.hurry |= state.waiting.is_some();
        }
        state.round.waiters.extend(waiters);
        drop(state);
        self.changed.notify_one();
    }

    /// Ends the sync thread after a last sync.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        drop(state);
        self.changed.notify_one();
    }

    /// Blocks until a sync is due; none when all is synced and closed.
    fn next(&self, last_sync: Instant) -> Option<Round> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let due = state.due(last_sync);
            let now = Instant::now();
            if due.is_none() && state.closed {
                return None;
            }
            state = match due {
                Some(at) if at <= now || state.closed => return Some(state.take()),
                Some(at) => {
                    self.changed
                        .wait_timeout(state, at - now)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl State {
    /// When the next sync should start.
    fn due(&self, last_sync: Instant) -> Option<Instant> {
        if let Some(since) = self.waiting {
            return Some(if self.hurry { since } else { since + LINGER });
        }
        if let Some(since) = self.outputs {
            return Some((since + LINGER).max(last_sync + BULK));
        }
        self.unsynced.map(|since| since + IDLE)
    }

    fn take(&mut self) -> Round {
        (self.unsynced, self.waiting, self.outputs) = (None, None, None);
        self.hurry = false;
        std::mem::take(&mut self.round)
    }
}

/// Makes commits durable.
pub(crate) struct Syncer {
    shared: Arc<Shared>,
    pending: Arc<Pending>,
    journal: JournalFile,
    faults: Option<Arc<dyn Faults>>,
}

impl Syncer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        pending: Arc<Pending>,
        journal: JournalFile,
        faults: Option<Arc<dyn Faults>>,
    ) -> Self {
        Self {
            shared,
            pending,
            journal,
            faults,
        }
    }

    /// Works until everything is synced and the writer has ended.
    pub(crate) fn run(&mut self) {
        let mut last_sync = Instant::now();
        while let Some(round) = self.pending.next(last_sync) {
            last_sync = Instant::now();
            self.sync(round);
        }
    }

    fn sync(&mut self, round: Round) {
        if let Some(reason) = self.shared.poison.reason() {
            // Never sync again: the system may have dropped the pages that could not be written.
            return round.refuse(&Error::Transient(reason));
        }
        let synced = self
            .faults
            .as_ref()
            .map_or(Ok(()), |faults| faults.before_sync())
            .and_then(|()| self.journal.sync());
        match synced {
            Ok(()) => self.acknowledge(round),
            Err(error) => {
                let reason = format!("a sync failed: {error}");
                self.shared.poison.set(reason.clone());
                round.refuse(&Error::Transient(reason));
            }
        }
    }

    fn acknowledge(&self, round: Round) {
        let partitions = &self.shared.partitions;
        self.shared.set_durable_commit(round.commit);
        let mut topics = Vec::new();
        for (slot, end) in round.ends {
            partitions.ends(slot).set_durable(end);
            topics.push(partitions.place(slot).0);
        }
        topics.dedup();
        for topic in topics {
            partitions.topic(topic).durable.ring();
        }
        for waiter in round.waiters {
            waiter.acknowledge();
        }
    }
}

impl Round {
    fn refuse(self, error: &Error) {
        for waiter in self.waiters {
            waiter.refuse(error);
        }
    }
}
