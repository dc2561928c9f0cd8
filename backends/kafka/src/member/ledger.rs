//! What a member has done and not committed yet: one transaction for all its partitions.
//!
//! Steps are written into it as they come. It is committed when it holds 500 records, is 50 ms old, or the next poll
//! finds nothing at once; also before partitions go, and when the member leaves.
//!
//! Where it was aborted, nothing of it has happened: the member goes back to what is committed. That is no rare thing:
//! the client joins a new generation of the group on a thread of its own, and a commit that names the one before is
//! refused. Whatever else goes wrong ends the membership: nobody knows what has happened, and who joins again finds
//! out where the group stands.
//!
//! The member's thread, its clock and the callback of a rebalance share it, under one lock; the lock is held while a
//! transaction is committed, which is bounded.

mod commit;

use super::rebalance::Client;
use crate::groups::Seat;
use crate::lag::Committed;
use crate::log::Core;
use crate::meter;
use crate::records;
use crate::state::{Incarnation, PartitionState, Staged};
use crate::transactions::{Failed, TxProducer, UNTOLD};
use fjall::Keyspace;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Error, GroupSpec, Step};
use mediamesh_schemas::Topic;
use rdkafka::producer::BaseRecord;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When a transaction is committed.
const RECORDS: usize = 500;
const AGE: Duration = Duration::from_millis(50);
/// How many transactions in a row may be aborted before that ends the membership.
const ABORTS: u32 = 3;

/// A partition that the member holds.
pub(super) struct Held {
    /// What the group has committed.
    pub(super) committed: Option<i64>,
    /// Its state, where the group keeps one.
    pub(super) state: Option<HeldState>,
}

/// The state of a partition that the member holds.
pub(super) struct HeldState {
    pub(super) incarnation: Incarnation,
    /// The changelog's offset after all that is committed.
    pub(super) changelog: i64,
    pub(super) copy: Keyspace,
    pub(super) staged: Arc<Staged>,
}

/// The transaction under way.
struct Open {
    since: Instant,
    taken: usize,
    offsets: BTreeMap<Partition, i64>,
    written: BTreeMap<(Topic, Partition), i64>,
}

struct Inner {
    /// None once it is lost.
    producer: Option<TxProducer>,
    held: BTreeMap<Partition, Held>,
    open: Option<Open>,
    /// How many transactions in a row were aborted.
    aborts: u32,
    /// Whether the member has not gone back yet since the last was.
    aborted: bool,
    /// Why the membership is over.
    over: Option<Error>,
    closed: bool,
}

/// What a member has done and not committed yet.
pub(super) struct Ledger {
    core: Arc<Core>,
    group: String,
    input: Topic,
    store: Option<&'static str>,
    changelog: String,
    seat: Arc<Seat>,
    inner: Mutex<Inner>,
    changed: Condvar,
}

impl Ledger {
    pub(super) fn new(
        core: &Arc<Core>,
        spec: &GroupSpec,
        seat: Arc<Seat>,
        producer: TxProducer,
    ) -> Self {
        Self {
            core: Arc::clone(core),
            group: spec.name.clone(),
            input: spec.input,
            store: spec.store,
            changelog: core.names.changelog(&spec.name),
            seat,
            inner: Mutex::new(Inner {
                producer: Some(producer),
                held: BTreeMap::new(),
                open: None,
                aborts: 0,
                aborted: false,
                over: None,
                closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Whether the membership goes on.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.inner().over.clone().map_or(Ok(()), Err)
    }

    fn check_locked(&self, inner: &Inner) -> Result<(), Error> {
        match &inner.over {
            Some(over) => Err(over.clone()),
            // What comes now was made of what is void.
            None if inner.aborted => Err(Error::Reassigned(self.input)),
            None => Ok(()),
        }
    }

    /// Where to go back to, in each partition, once after a transaction was aborted.
    pub(super) fn aborted(&self) -> Option<Committed> {
        let mut inner = self.inner();
        let committed = |(partition, held): (&Partition, &Held)| (*partition, held.committed);
        std::mem::take(&mut inner.aborted).then(|| inner.held.iter().map(committed).collect())
    }

    /// Takes a partition over.
    pub(super) fn hold(&self, partition: Partition, held: Held) {
        self.seat.committed().insert(partition, held.committed);
        self.inner().held.insert(partition, held);
    }

    /// The state of a partition, with what is under way.
    pub(super) fn state(&self, partition: Partition) -> Option<PartitionState> {
        let inner = self.inner();
        let state = inner.held.get(&partition)?.state.as_ref()?;
        Some(PartitionState {
            copy: state.copy.clone(),
            staged: Some(Arc::clone(&state.staged)),
        })
    }

    /// Writes a step into the transaction, with the offset to commit for it.
    pub(super) fn stage(
        &self,
        client: &Client,
        step: &Step,
        at: i64,
        taken: usize,
    ) -> Result<(), Error> {
        let mut inner = self.inner();
        self.check_locked(&inner)?;
        if !inner.held.contains_key(&step.partition) {
            return Err(Error::Fenced(step.partition, self.input));
        }
        if let Err(failed) = self.write(&mut inner, step) {
            return Err(self.void(&mut inner, &failed));
        }
        self.core.lags.begun(&step.outputs);
        if let Some(state) = inner
            .held
            .get(&step.partition)
            .and_then(|h| h.state.as_ref())
        {
            state.staged.stage(&step.changes);
        }
        let mut due = false;
        if let Some(open) = &mut inner.open {
            open.offsets.insert(step.partition, at);
            open.taken += taken;
            for output in &step.outputs {
                let place = (output.topic, output.partition);
                *open.written.entry(place).or_default() += 1;
            }
            due = open.taken >= RECORDS || open.since.elapsed() >= AGE;
        }
        if due {
            self.commit_locked(&mut inner, client)?;
        }
        Ok(())
    }

    /// Commits what is under way.
    ///
    /// `past` names offsets up to which nothing but markers and aborted records follows what was done in their
    /// partitions: the group then stands at the end, and not one marker before it.
    pub(super) fn commit(
        &self,
        client: &Client,
        past: &BTreeMap<Partition, i64>,
    ) -> Result<(), Error> {
        let mut inner = self.inner();
        self.check_locked(&inner)?;
        for (partition, past) in past {
            let Some(held) = inner.held.get(partition) else {
                continue;
            };
            let open = inner.open.as_ref();
            let stands = open.and_then(|open| open.offsets.get(partition).copied());
            if stands.or(held.committed).is_some_and(|at| at >= *past) {
                continue;
            }
            if let Err(failed) = self.begin(&mut inner) {
                return Err(self.void(&mut inner, &failed));
            }
            if let Some(open) = &mut inner.open {
                open.offsets.insert(*partition, *past);
            }
        }
        self.commit_locked(&mut inner, client)
    }

    /// Lets partitions go: commits what is under way, or voids it where they were lost.
    pub(super) fn hand_over(&self, client: &Client, partitions: &[Partition], lost: bool) {
        let mut inner = self.inner();
        if lost {
            let failed = Failed::Fenced("the group has given its partitions to others".to_owned());
            self.void(&mut inner, &failed);
        } else if inner.over.is_none() {
            // An error ends the membership: whoever polls next hears of it.
            let _ = self.commit_locked(&mut inner, client);
        }
        let mut committed = self.seat.committed();
        for partition in partitions {
            inner.held.remove(partition);
            committed.remove(partition);
        }
    }

    /// Ends the membership.
    pub(super) fn fail(&self, reason: &str) {
        let mut inner = self.inner();
        if inner.over.is_none() {
            self.void(&mut inner, &Failed::Fenced(reason.to_owned()));
        }
    }

    /// Commits the transaction whenever it has become old, until the ledger is closed.
    pub(super) fn keep_time(&self, client: &Client) {
        let mut inner = self.inner();
        while !inner.closed {
            let age = inner.open.as_ref().map(|open| open.since.elapsed());
            let wait = match age {
                Some(age) if age >= AGE => {
                    // An error ends the membership: whoever calls next hears of it.
                    let _ = self.commit_locked(&mut inner, client);
                    continue;
                }
                Some(age) => AGE - age,
                None => Duration::from_secs(60),
            };
            inner = self
                .changed
                .wait_timeout(inner, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Commits what is under way, for the last time, and lets the producer go.
    pub(super) fn close(&self, client: &Client) {
        let mut inner = self.inner();
        if inner.over.is_none() {
            // There is nobody left to tell: what is not committed is done again by whoever comes next.
            let _ = self.commit_locked(&mut inner, client);
        }
        inner.closed = true;
        self.seat.committed().clear();
        if let Some(producer) = inner.producer.take() {
            producer.let_go(Duration::ZERO);
        }
        drop(inner);
        self.changed.notify_all();
    }

    fn begin(&self, inner: &mut Inner) -> Result<(), Failed> {
        if inner.open.is_some() {
            return Ok(());
        }
        producer(&inner.producer)?.begin()?;
        inner.open = Some(Open {
            since: Instant::now(),
            taken: 0,
            offsets: BTreeMap::new(),
            written: BTreeMap::new(),
        });
        self.changed.notify_all();
        Ok(())
    }

    fn write(&self, inner: &mut Inner, step: &Step) -> Result<(), Failed> {
        self.begin(inner)?;
        let producer = producer(&inner.producer)?;
        for change in &step.changes {
            let mut record = BaseRecord::with_opaque_to(&self.changelog, tag(step.partition))
                .partition(step.partition.0)
                .key(change.key.as_slice());
            record.payload = change.value.as_deref();
            producer.send(record)?;
        }
        for output in &step.outputs {
            producer.send(records::outgoing(&self.core.names, output, UNTOLD))?;
        }
        Ok(())
    }

    /// Nothing that is under way has happened, or nobody knows.
    fn void(&self, inner: &mut Inner, failed: &Failed) -> Error {
        let (outcome, reason) = match failed {
            Failed::Aborted(reason) => ("aborted", reason),
            Failed::Fenced(reason) => ("fenced", reason),
            Failed::Lost(reason) => ("lost", reason),
        };
        tracing::warn!(group = self.group, outcome, reason, "a transaction is void");
        meter::ended(&self.group, outcome);
        let open = inner.open.take();
        if let Some(open) = &open {
            self.core.lags.ended(&open.written);
        }
        for held in inner.held.values() {
            if let Some(state) = &held.state {
                state.staged.clear();
            }
        }
        if matches!(failed, Failed::Aborted(_)) && inner.aborts < ABORTS {
            inner.aborts += 1;
            inner.aborted = true;
            return Error::Reassigned(self.input);
        }
        if let Some(producer) = inner.producer.take() {
            meter::replaced(&self.group);
            producer.let_go(Duration::ZERO);
        }
        let first = open.and_then(|open| open.offsets.keys().next().copied());
        let partition = first.or_else(|| inner.held.keys().next().copied());
        let over = Error::Fenced(partition.unwrap_or_default(), self.input);
        inner.over = Some(over.clone());
        over
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn producer(producer: &Option<TxProducer>) -> Result<&TxProducer, Failed> {
    let lost = || Failed::Lost("its producer is lost".to_owned());
    producer.as_ref().ok_or_else(lost)
}

/// The tag under which the changelog's offsets of a partition are told.
fn tag(partition: Partition) -> usize {
    usize::try_from(partition.0).unwrap_or(UNTOLD)
}
