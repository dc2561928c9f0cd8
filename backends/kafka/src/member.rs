//! A member of a group: polls, processes nothing, commits.
//!
//! It lives on one thread. Partitions come and go while it polls, and only then ([`rebalance`], [`takeover`]); what
//! it has done stands in the [`ledger`] until the transaction is committed; states are brought up to date by
//! [`restore`] before a record of their partition is offered.

mod cursors;
mod ledger;
mod rebalance;
mod restore;
mod takeover;

use crate::client::{self, Context, Owned};
use crate::error::away;
use crate::groups::Seated;
use crate::log::Core;
use crate::records::{self, check_partition, incoming};
use crate::state;
use crate::transactions::TxProducer;
use cursors::Cursors;
use ledger::Ledger;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Batch, Error, GroupSpec, Member, Step};
use mediamesh_ports::state_store::StateRead;
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use rebalance::{Client, Rebalances};
use restore::Restore;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long records of a transaction wait for company.
const LINGER: Duration = Duration::from_millis(2);
/// How long a wait for records lasts at most while states are restored.
const SLICE: Duration = Duration::from_millis(20);
/// How long a join waits for its first partitions; a group may well have none for it.
const FIRST: Duration = Duration::from_secs(5);

/// A member of a group.
pub(crate) struct KafkaMember {
    core: Arc<Core>,
    spec: GroupSpec,
    /// Closing it is leaving: the group hears of it at once, and not after a session.
    client: Owned<Arc<Client>>,
    ledger: Arc<Ledger>,
    /// Commits what has become old; none once it has ended.
    clock: Option<JoinHandle<()>>,
    cursors: Cursors,
    restore: Option<Restore>,
    /// Partitions that are to be taken over, as the group has told.
    coming: VecDeque<Vec<Partition>>,
    /// Whether the group has told which partitions are ours, if only none.
    settled: bool,
    // Last: nobody takes the seat before this member has left.
    _seat: Seated,
}

impl KafkaMember {
    /// Joins a group, and waits a moment for the first partitions.
    pub(crate) fn join(core: &Arc<Core>, spec: GroupSpec, seat: Seated) -> Result<Self, Error> {
        let joining = |error: KafkaError| away("join", &error);
        let settings = &core.settings;
        let id = core.names.transactions(&spec.name);
        let producer = TxProducer::open(settings, id, LINGER, &core.health)?;
        let ledger = Arc::new(Ledger::new(core, &spec, Arc::clone(&seat.seat), producer));
        let context = Context::new(spec.name.clone(), &core.health);
        let rebalances = Rebalances::new(context, spec.name.clone(), Arc::clone(&ledger));
        let client: Client = configured(core, &spec)
            .create_with_context(rebalances)
            .map_err(joining)?;
        let client = Arc::new(client);
        let restore = spec
            .store
            .map(|store| Restore::new(core, &spec.name, store));
        let (keeper, kept) = (Arc::clone(&ledger), Arc::clone(&client));
        let mut member = Self {
            core: Arc::clone(core),
            client: Owned::new(spec.name.clone(), client, settings.deadlines.close),
            ledger,
            clock: None,
            cursors: Cursors::default(),
            restore,
            coming: VecDeque::new(),
            settled: false,
            spec,
            _seat: seat,
        };
        let clock = std::thread::Builder::new()
            .name(format!("{} clock", member.spec.name))
            .spawn(move || keeper.keep_time(&kept));
        member.clock = Some(clock.map_err(|error| Error::Transient(error.to_string()))?);
        let topic = core.names.topic(member.spec.input);
        member.client.subscribe(&[topic]).map_err(joining)?;
        member.await_first()?;
        Ok(member)
    }

    fn await_first(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + FIRST;
        while !self.settled && Instant::now() < deadline {
            self.receive(SLICE)?;
            self.settle()?;
        }
        Ok(())
    }

    /// Takes from the client what has come, and waits where nothing has.
    fn receive(&mut self, wait: Duration) -> Result<(), Error> {
        let client = Arc::clone(&self.client);
        let mut wait = wait;
        while !self.cursors.are_full() {
            match client.poll(wait) {
                Some(Ok(message)) => self.cursors.push(incoming(self.spec.input, &message)),
                Some(Err(error)) => self.heard(&error)?,
                // Nothing, or the group has told something.
                None => break,
            }
            wait = Duration::ZERO;
        }
        let flow = self.cursors.flow();
        self.each(&flow.pause, |list| client.pause(list))?;
        self.each(&flow.resume, |list| client.resume(list))
    }

    /// Makes a call of the client for some partitions.
    fn each(
        &self,
        partitions: &[Partition],
        call: impl FnOnce(&TopicPartitionList) -> KafkaResult<()>,
    ) -> Result<(), Error> {
        if partitions.is_empty() {
            return Ok(());
        }
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            list.add_partition(self.core.names.topic(self.spec.input), partition.0);
        }
        call(&list).map_err(|error| away("poll", &error))
    }

    fn heard(&mut self, error: &KafkaError) -> Result<(), Error> {
        match error {
            KafkaError::PartitionEOF(partition) => self.cursors.at_end(Partition(*partition)),
            KafkaError::MessageConsumptionFatal(code) => {
                self.ledger
                    .fail(&format!("the consumer cannot go on: {code}"));
            }
            // Said once, and then the client is silent for ever (rust-rdkafka 433).
            KafkaError::MessageConsumption(RDKafkaErrorCode::PollExceeded) => {
                self.ledger.fail("it was not polled in time");
            }
            KafkaError::MessageConsumption(
                code @ (RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::TopicAuthorizationFailed
                | RDKafkaErrorCode::GroupAuthorizationFailed),
            ) => return Err(Error::Transient(format!("{}: {code}", self.spec.input))),
            // The client gets over all else by itself; that nobody answers is what readiness tells.
            _ => {}
        }
        Ok(())
    }

    /// Goes back in partitions whose batch was not committed, or not to its end.
    fn go_back(&mut self) -> Result<(), Error> {
        for (partition, at) in self.cursors.behind() {
            let topic = self.core.names.topic(self.spec.input);
            let within = self.core.settings.deadlines.call;
            self.client
                .seek(topic, partition.0, Offset::Offset(at.0), within)
                .map_err(|error| away("go back", &error))?;
            self.cursors.went_back(partition);
        }
        Ok(())
    }

    /// Commits what is under way, and the offsets past markers that follow what was done.
    fn commit_all(&mut self) -> Result<(), Error> {
        let positions = self.client.position();
        let positions = positions.map_err(|error| away("poll", &error))?;
        let mut past = BTreeMap::new();
        for element in positions.elements() {
            let partition = Partition(element.partition());
            // The client has passed markers and aborted records in silence. Nothing that came waits or is out.
            if let Offset::Offset(at) = element.offset()
                && self.cursors.is_done_before(partition, at)
            {
                past.insert(partition, at);
            }
        }
        let committed = self.ledger.commit(&self.client, &past);
        if committed.is_err() {
            self.take_back();
        }
        committed
    }

    /// Goes back to what is committed, where a transaction was aborted; says whether one was.
    fn take_back(&mut self) -> bool {
        let committed = self.ledger.aborted();
        committed
            .inspect(|committed| self.cursors.take_back(committed))
            .is_some()
    }

    fn restore(&mut self, wait: Duration) -> Result<(), Error> {
        let Some(restore) = self.restore.as_mut().filter(|restore| restore.is_busy()) else {
            return Ok(());
        };
        for restored in restore.advance(wait)? {
            self.own(restored.partition, restored.committed, Some(restored.state));
        }
        Ok(())
    }

    fn is_restoring(&self) -> bool {
        self.restore.as_ref().is_some_and(Restore::is_busy)
    }

    /// Does all that is due at once; answers a batch where there is one.
    fn turn(&mut self, max: usize, wait: Duration) -> Result<Option<Batch>, Error> {
        self.ledger.check()?;
        self.receive(wait)?;
        let some_have_gone = self.settle()?;
        self.ledger.check()?;
        let some_is_void = self.take_back();
        if some_have_gone || some_is_void {
            // What the worker remembers is void, of the partitions that stay as well.
            self.cursors.rewind_all();
            return Err(Error::Reassigned(self.spec.input));
        }
        self.go_back()?;
        self.restore(Duration::ZERO)?;
        Ok(self.cursors.offer(max))
    }
}

impl Member for KafkaMember {
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Option<Batch>, Error> {
        let (deadline, max) = (Instant::now() + wait, max.max(1));
        let mut pause = Duration::ZERO;
        loop {
            if let Some(batch) = self.turn(max, pause)? {
                return Ok(Some(batch));
            }
            self.commit_all()?;
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            pause = left;
            if self.is_restoring() {
                self.restore(left.min(SLICE))?;
                pause = Duration::ZERO;
            }
        }
    }

    fn state(&self, partition: Partition) -> Result<Arc<dyn StateRead>, Error> {
        let group = &self.spec.name;
        if self.spec.store.is_none() {
            return Err(Error::Refused(format!("group {group} keeps no state")));
        }
        match self.ledger.state(partition) {
            Some(state) => Ok(Arc::new(state)),
            None => Err(Error::Refused(format!(
                "group {group} does not own partition {partition}"
            ))),
        }
    }

    fn commit(&mut self, step: Step) -> Result<(), Error> {
        check_partition(self.spec.input, step.partition)?;
        if self.spec.store.is_none() && !step.changes.is_empty() {
            let group = &self.spec.name;
            return Err(Error::Refused(format!("group {group} keeps no state")));
        }
        state::check(&step.changes)?;
        step.outputs.iter().try_for_each(records::check)?;
        if !self.cursors.owns(step.partition) {
            return Err(Error::Fenced(step.partition, self.spec.input));
        }
        let taken = self.cursors.taken(step.partition, step.next_offset);
        let at = step.next_offset.0;
        if let Err(error) = self.ledger.stage(&self.client, &step, at, taken) {
            self.take_back();
            return Err(error);
        }
        self.cursors.committed(step.partition, step.next_offset);
        Ok(())
    }

    fn rewind(&mut self, partition: Partition) -> Result<(), Error> {
        if self.cursors.rewind(partition) {
            return Ok(());
        }
        Err(Error::Fenced(partition, self.spec.input))
    }

    fn owned(&self) -> Vec<Partition> {
        self.cursors.owned()
    }
}

impl Drop for KafkaMember {
    fn drop(&mut self) {
        self.ledger.close(&self.client);
        if let Some(clock) = self.clock.take() {
            // It ends at once; a panic of it has been told already.
            let _ = clock.join();
        }
        // A client that waits for an answer about partitions that come does not close.
        while let Some(partitions) = self.coming.pop_front() {
            let client = &self.client;
            let _ = self.each(&partitions, |list| client.incremental_assign(list));
        }
    }
}

fn configured(core: &Core, spec: &GroupSpec) -> ClientConfig {
    let settings = &core.settings;
    let mut config = client::consumer(settings, &core.names.group(&spec.name));
    config
        // The new protocol (KIP-848) only with librdkafka 2.15: before, its errors are not handled well.
        .set("group.protocol", "classic")
        // The default would take all partitions from all members with each rebalance.
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", settings.session.as_millis().to_string())
        // A rebalance is heard of with a heartbeat.
        .set(
            "heartbeat.interval.ms",
            (settings.session / 20).as_millis().max(50).to_string(),
        );
    if settings.static_members {
        config.set("group.instance.id", core.names.static_member());
    }
    config
}
