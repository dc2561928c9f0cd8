//! Bringing the local copies of states up to where their group stands, from the changelog.
//!
//! What a copy lacks is known beforehand ([`StateAt`]): from its checkpoint to the changelog's offset that stands
//! beside the group's committed offset. Only that is read, a slice with each poll, so that the member stays in its
//! group meanwhile; no record of a partition is offered before its state is there.

mod task;

pub(super) use task::{Plan, plan};

use super::ledger::HeldState;
use crate::client::{self, Context, Owned};
use crate::error::away;
use crate::log::Core;
use crate::meter;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Error;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use task::Task;

/// How many records are read before the member looks after its group.
const AT_ONCE: usize = 2_000;
/// After how long without a record it is asked whether the changelog still goes that far.
const STALLED: Duration = Duration::from_secs(20);
/// How often the progress is logged.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Restores the states of a member.
pub(super) struct Restore {
    core: Arc<Core>,
    group: String,
    store: &'static str,
    changelog: String,
    /// A consumer of its own, while there is something to restore.
    client: Option<Owned<BaseConsumer<Context>>>,
    tasks: BTreeMap<Partition, Task>,
    told: Instant,
}

/// A state that is there now.
pub(super) struct Restored {
    pub(super) partition: Partition,
    pub(super) committed: Option<i64>,
    pub(super) state: HeldState,
}

impl Restore {
    pub(super) fn new(core: &Arc<Core>, group: &str, store: &'static str) -> Self {
        Self {
            core: Arc::clone(core),
            group: group.to_owned(),
            store,
            changelog: core.names.changelog(group),
            client: None,
            tasks: BTreeMap::new(),
            told: Instant::now(),
        }
    }

    /// Begins to restore a partition's state.
    pub(super) fn begin(&mut self, partition: Partition, task: Task) -> Result<(), Error> {
        let from = task.from();
        tracing::info!(
            group = self.group,
            partition = partition.0,
            from,
            offsets = task.left(),
            "restores a state"
        );
        let list = self.list(partition, Offset::Offset(from));
        let began = list.and_then(|list| self.client()?.incremental_assign(&list));
        began.map_err(|error| away("restore a state", &error))?;
        self.tasks.insert(partition, task);
        Ok(())
    }

    /// Gives up partitions that have gone to others; what was read stays for another time.
    pub(super) fn drop_tasks(&mut self, partitions: &[Partition]) {
        for partition in partitions {
            if self.tasks.remove(partition).is_some() {
                self.let_partition_go(*partition);
            }
        }
        self.rest();
    }

    /// Whether something is being restored.
    pub(super) fn is_busy(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// Reads on, and says which states are there now.
    pub(super) fn advance(&mut self, wait: Duration) -> Result<Vec<Restored>, Error> {
        if self.tasks.is_empty() {
            return Ok(Vec::new());
        }
        let read = self.read(wait);
        meter::restored(&self.group, read);
        self.pass_markers();
        let states = self.core.states.as_ref();
        let states = states.ok_or_else(|| Error::Refused("no state directory".to_owned()))?;
        let mut done = Vec::new();
        for (partition, task) in &mut self.tasks {
            task.write(states, self.store, *partition)?;
            if task.is_done() {
                done.push(*partition);
            }
        }
        let mut restored = Vec::new();
        for partition in done {
            let Some(task) = self.tasks.remove(&partition) else {
                continue;
            };
            self.let_partition_go(partition);
            tracing::info!(
                group = self.group,
                partition = partition.0,
                records = task.read(),
                seconds = task.began().elapsed().as_secs_f64(),
                "a state is restored"
            );
            restored.push(task.finish(states, self.store, partition)?);
        }
        self.tell();
        self.check_stalled()?;
        self.rest();
        Ok(restored)
    }

    fn read(&mut self, wait: Duration) -> usize {
        let (mut read, mut wait) = (0, wait);
        let Some(client) = &self.client else {
            return 0;
        };
        while read < AT_ONCE {
            match client.poll(wait) {
                Some(Ok(message)) => {
                    let task = self.tasks.get_mut(&Partition(message.partition()));
                    read += usize::from(task.is_some_and(|task| task.take(&message)));
                }
                // An end, or something that the client gets over.
                Some(Err(_)) => {}
                None => break,
            }
            wait = Duration::ZERO;
        }
        read
    }

    /// Passes markers and aborted records, which come in silence.
    fn pass_markers(&mut self) {
        let positions = self.client.as_ref().map(|client| client.position());
        let Some(Ok(positions)) = positions else {
            return;
        };
        for element in positions.elements() {
            let task = self.tasks.get_mut(&Partition(element.partition()));
            if let (Some(task), Offset::Offset(at)) = (task, element.offset()) {
                task.pass(at);
            }
        }
    }

    /// A changelog that ends before what was committed has lost records: nothing right can be made of it.
    fn check_stalled(&mut self) -> Result<(), Error> {
        for (partition, task) in &mut self.tasks {
            if !task.is_stalled(STALLED) {
                continue;
            }
            let (_, end) = self.core.questions.bounds(&self.changelog, *partition)?;
            if end < task.until() {
                let (changelog, until) = (&self.changelog, task.until());
                return Err(Error::Corrupt(format!(
                    "{changelog} ends at {end} in partition {partition}, before {until}, where its group stands: \
                     bring the topic back, or forget the group to begin anew"
                )));
            }
        }
        Ok(())
    }

    fn tell(&mut self) {
        let left: i64 = self.tasks.values().map(Task::left).sum();
        meter::restoring(&self.group, left);
        if left > 0 && self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            let partitions = self.tasks.len();
            tracing::info!(
                group = self.group,
                partitions,
                offsets = left,
                "restores states"
            );
        }
    }

    fn let_partition_go(&self, partition: Partition) {
        let (list, client) = (self.list(partition, Offset::Invalid), &self.client);
        if let (Ok(list), Some(client)) = (list, client) {
            // What comes of it all the same belongs to no task.
            let _ = client.incremental_unassign(&list);
        }
    }

    /// Lets the client go while there is nothing to restore. A new one begins without memory of old positions.
    fn rest(&mut self) {
        if self.tasks.is_empty() && self.client.take().is_some() {
            meter::restoring(&self.group, 0);
        }
    }

    fn client(&mut self) -> KafkaResult<&BaseConsumer<Context>> {
        if self.client.is_none() {
            let group = format!("{}-restore", self.core.names.group(&self.group));
            let mut config = client::consumer(&self.core.settings, &group);
            config.set("fetch.wait.max.ms", "10");
            let context = Context::new("restore", &self.core.health);
            let client = config.create_with_context(context)?;
            self.client = Some(Owned::new("restore", client, Duration::ZERO));
        }
        let missing = || rdkafka::error::KafkaError::ClientCreation("restore".to_owned());
        self.client.as_deref().ok_or_else(missing)
    }

    fn list(&self, partition: Partition, at: Offset) -> KafkaResult<TopicPartitionList> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.changelog, partition.0, at)?;
        Ok(list)
    }
}
