//! Taking partitions over: where the group stands in them, and what their states lack.

use super::KafkaMember;
use super::ledger::Held;
use super::rebalance::Told;
use super::restore::{Plan, plan};
use crate::error::away;
use crate::state::StateAt;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Error;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};

/// Where the group stands in a partition.
struct Stands {
    partition: Partition,
    committed: Option<i64>,
    at: Option<StateAt>,
}

impl KafkaMember {
    /// Does what the group has told; says whether partitions have gone.
    pub(super) fn settle(&mut self) -> Result<bool, Error> {
        let mut gone = false;
        for told in self.client.context().told() {
            match told {
                Told::Come(partitions) => self.coming.push_back(partitions),
                Told::Gone(partitions) => {
                    self.restore
                        .iter_mut()
                        .for_each(|r| r.drop_tasks(&partitions));
                    gone |= self.cursors.remove(&partitions);
                }
            }
        }
        while let Some(partitions) = self.coming.front().cloned() {
            self.take_over(&partitions)?;
            self.coming.pop_front();
            self.settled = true;
        }
        Ok(gone)
    }

    fn take_over(&mut self, partitions: &[Partition]) -> Result<(), Error> {
        let stands = self.ask(partitions)?;
        let mut plans = Vec::with_capacity(stands.len());
        for stands in stands {
            let plan = match self.spec.store {
                Some(store) => Some(plan(
                    &self.core,
                    store,
                    &self.spec.name,
                    stands.partition,
                    stands.committed,
                    stands.at,
                )?),
                None => None,
            };
            plans.push((stands, plan));
        }
        let (mut all, mut to_restore) = (TopicPartitionList::new(), TopicPartitionList::new());
        let listed = plans.iter().try_for_each(|(stands, plan)| {
            let at = stands.committed.map_or(Offset::Beginning, Offset::Offset);
            if let Some(Plan::Restore(_)) = plan {
                self.add(&mut to_restore, stands.partition, Offset::Invalid)?;
            }
            self.add(&mut all, stands.partition, at)
        });
        // The client waits for this call even where nothing comes.
        let assigned = listed.and_then(|()| self.client.incremental_assign(&all));
        let paused = assigned.and_then(|()| match to_restore.count() {
            0 => Ok(()),
            _ => self.client.pause(&to_restore),
        });
        paused.map_err(|error| away("take partitions over", &error))?;
        for (stands, plan) in plans {
            self.begin(stands, plan)?;
        }
        Ok(())
    }

    fn begin(&mut self, stands: Stands, plan: Option<Plan>) -> Result<(), Error> {
        let Stands {
            partition,
            committed,
            ..
        } = stands;
        self.cursors.add(partition, committed.unwrap_or(0));
        match (plan, &mut self.restore) {
            (Some(Plan::Restore(task)), Some(restore)) => {
                self.cursors.paused(partition);
                restore.begin(partition, task)
            }
            (Some(Plan::Ready(state)), _) => {
                self.own(partition, committed, Some(state));
                Ok(())
            }
            _ => {
                self.own(partition, committed, None);
                Ok(())
            }
        }
    }

    /// The partition is offered from now on.
    pub(super) fn own(
        &mut self,
        partition: Partition,
        committed: Option<i64>,
        state: Option<super::ledger::HeldState>,
    ) {
        self.ledger.hold(partition, Held { committed, state });
        self.cursors.ready(partition);
    }

    /// Asks where the group stands. The answer waits for transactions that hold offsets of the group to end: what it
    /// says is final.
    fn ask(&self, partitions: &[Partition]) -> Result<Vec<Stands>, Error> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let asking = |error| away("ask for what the group has committed", &error);
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            list.add_partition(self.core.names.topic(self.spec.input), partition.0);
        }
        // Longer than a transaction may hang at the brokers.
        let within = self.core.settings.deadlines.transaction * 2;
        let found = self
            .client
            .committed_offsets(list, within)
            .map_err(asking)?;
        let mut stands = Vec::with_capacity(partitions.len());
        for element in found.elements() {
            element.error().map_err(asking)?;
            let committed = match element.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => None,
            };
            stands.push(Stands {
                partition: Partition(element.partition()),
                committed,
                at: committed.and_then(|_| StateAt::from_metadata(element.metadata())),
            });
        }
        Ok(stands)
    }

    fn add(
        &self,
        list: &mut TopicPartitionList,
        partition: Partition,
        at: Offset,
    ) -> KafkaResult<()> {
        list.add_partition_offset(self.core.names.topic(self.spec.input), partition.0, at)
    }
}
