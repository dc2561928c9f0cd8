//! Committing the transaction, and then the local copies of the states.

use super::super::rebalance::Client;
use super::{Held, Inner, Ledger, Open, producer, tag};
use crate::meter;
use crate::state::{Checkpoint, StateAt, Write};
use crate::transactions::Failed;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::Error;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer;
use std::collections::BTreeMap;
use std::time::{Instant, SystemTime};

impl Ledger {
    /// Commits what is under way, where something is.
    pub(super) fn commit_locked(&self, inner: &mut Inner, client: &Client) -> Result<(), Error> {
        let Some(open) = inner.open.take() else {
            return Ok(());
        };
        let started = Instant::now();
        match self.transact(inner, &open, client) {
            Ok(changelogs) => {
                meter::committed(&self.group, started.elapsed());
                inner.aborts = 0;
                let copied = self.copy(inner, &open, &changelogs);
                self.core.lags.ended(&open.written);
                copied.map_err(|error| self.out_of_date(inner, error))
            }
            Err(failed) => {
                inner.open = Some(open);
                Err(self.void(inner, &failed))
            }
        }
    }

    /// Puts the offsets into the transaction and commits it; tells where the changelogs stand then.
    fn transact(
        &self,
        inner: &Inner,
        open: &Open,
        client: &Client,
    ) -> Result<BTreeMap<Partition, i64>, Failed> {
        let producer = producer(&inner.producer)?;
        let last = producer.delivered()?;
        let mut changelogs = BTreeMap::new();
        let mut offsets = TopicPartitionList::with_capacity(open.offsets.len());
        for (partition, at) in &open.offsets {
            let unset = |error: rdkafka::error::KafkaError| producer.give_up(error.to_string());
            let mut element = offsets.add_partition(self.core.names.topic(self.input), partition.0);
            // The offset to go on from: one past the last that was taken.
            let at = rdkafka::Offset::Offset(*at);
            element.set_offset(at).map_err(unset)?;
            if let Some(state) = inner.held.get(partition).and_then(|h| h.state.as_ref()) {
                let written = last.get(&tag(*partition)).map(|last| last + 1);
                let changelog = written.unwrap_or(state.changelog);
                changelogs.insert(*partition, changelog);
                let state = StateAt {
                    incarnation: state.incarnation,
                    changelog: Offset(changelog),
                };
                element.set_metadata(state.to_metadata());
            }
        }
        // Asked for each time: it goes stale with every rebalance, and is what fences a member that was left behind.
        let group = client.group_metadata();
        let group = group.ok_or_else(|| producer.give_up("the group is not known".to_owned()))?;
        producer.send_offsets(&offsets, &group)?;
        producer.commit()?;
        Ok(changelogs)
    }

    /// Writes what was committed into the local copies, each with its checkpoint, in one batch.
    fn copy(
        &self,
        inner: &mut Inner,
        open: &Open,
        changelogs: &BTreeMap<Partition, i64>,
    ) -> Result<(), Error> {
        let changes: Vec<_> = changelogs
            .keys()
            .filter_map(|p| Some((*p, inner.held.get(p)?.state.as_ref()?.staged.changes())))
            .filter(|(_, changes)| !changes.is_empty())
            .collect();
        if let (Some(store), Some(states)) = (self.store, &self.core.states) {
            let at = SystemTime::now();
            let writes = changes.iter().filter_map(|(partition, changes)| {
                let state = inner.held.get(partition)?.state.as_ref()?;
                Some(Write {
                    store,
                    partition: *partition,
                    copy: &state.copy,
                    changes,
                    checkpoint: Checkpoint {
                        incarnation: state.incarnation,
                        changelog: Offset(*changelogs.get(partition)?),
                        input: Offset(*open.offsets.get(partition)?),
                        at,
                    },
                })
            });
            let writes: Vec<_> = writes.collect();
            if let (Some(faults), false) = (&self.core.settings.faults, writes.is_empty()) {
                let faulty = faults.before_local_write();
                faulty.map_err(|error| Error::Transient(error.to_string()))?;
            }
            states.write(&writes)?;
        }
        let mut committed = self.seat.committed();
        for (partition, at) in &open.offsets {
            if let Some(Held { committed, state }) = inner.held.get_mut(partition) {
                *committed = Some(*at);
                if let (Some(state), Some(changelog)) = (state, changelogs.get(partition)) {
                    state.changelog = *changelog;
                    // Only now: whoever reads meanwhile finds the same in both.
                    state.staged.clear();
                }
            }
            committed.insert(*partition, Some(*at));
        }
        Ok(())
    }

    /// The transaction is committed and the copies do not have it: whoever joins again restores them.
    fn out_of_date(&self, inner: &mut Inner, error: Error) -> Error {
        tracing::warn!(group = self.group, %error, "the local state is behind what was committed");
        for held in inner.held.values() {
            if let Some(state) = &held.state {
                state.staged.clear();
            }
        }
        let over = match error {
            Error::Poisoned(_) => error,
            _ => {
                let first = inner.held.keys().next().copied();
                Error::Fenced(first.unwrap_or_default(), self.input)
            }
        };
        inner.over = Some(over.clone());
        over
    }
}
