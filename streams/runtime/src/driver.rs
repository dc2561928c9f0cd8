//! Drives processors and sinks in memory, on the calling thread, without a broker and without waiting.
//!
//! The workers are those that the threads of a deployment turn; only the log is another one, and time is
//! moved by hand. Not to be used inside an async runtime: workers block.

mod memory;

pub use memory::MemoryLog;

use crate::clock::ManualClock;
use crate::worker::{Turn, Worker};
use mediamesh_domain::position::Partition;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::partition_of;
use mediamesh_ports::event_log::{Groups, Member, NewRecord, Record};
use mediamesh_schemas::Topic;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// More turns than this without coming to rest are an endless loop.
const MOST_TURNS: usize = 1_000_000;

/// Drives workers until they rest.
pub struct TopologyDriver {
    log: MemoryLog,
    clock: Arc<ManualClock>,
    stages: Vec<Stage>,
    read: BTreeMap<Topic, BTreeMap<Partition, usize>>,
    runtime: Runtime,
}

struct Stage {
    worker: Box<dyn Worker>,
    member: Box<dyn Member>,
    stopped: Option<String>,
}

impl TopologyDriver {
    /// A driver without stages, whose clock stands at a time.
    ///
    /// # Panics
    /// Where the system gives no runtime for the blocking calls of sinks.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            log: MemoryLog::default(),
            clock: Arc::new(ManualClock::at(now)),
            stages: Vec::new(),
            read: BTreeMap::new(),
            runtime: Builder::new_current_thread()
                .build()
                .expect("a runtime without drivers asks the system for nothing"),
        }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &MemoryLog {
        &self.log
    }

    /// The clock; [`TopologyDriver::advance_time`] moves it.
    #[must_use]
    pub fn clock(&self) -> Arc<ManualClock> {
        Arc::clone(&self.clock)
    }

    /// What runs the calls that would block.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.runtime.handle().clone()
    }

    /// Adds a stage; stages take turns in this order.
    ///
    /// # Panics
    /// Where the worker cannot join its group.
    pub fn add(&mut self, mut worker: Box<dyn Worker>) {
        let member = self
            .log
            .join(worker.spec())
            .expect("a log in memory lets everybody join");
        worker.joined();
        self.stages.push(Stage {
            worker,
            member,
            stopped: None,
        });
    }

    /// Appends a record in the partition of its key, and runs until all rest.
    pub fn pipe_input(&mut self, topic: Topic, key: &[u8], value: Vec<u8>) {
        let partition = partition_of(key, topic.spec().partitions);
        self.pipe(NewRecord {
            topic,
            partition,
            key: key.to_vec(),
            value: Some(value),
            headers: Vec::new(),
            timestamp: crate::clock::Clock::now(self.clock.as_ref()),
        });
    }

    /// Appends a record as it is, and runs until all rest.
    pub fn pipe(&mut self, record: NewRecord) {
        self.log.push(vec![record]);
        self.run();
    }

    /// The records of a topic that were not read by this before.
    pub fn read_output(&mut self, topic: Topic) -> Vec<Record> {
        let read = self.read.entry(topic).or_default();
        let mut new = Vec::new();
        for record in self.log.records(topic) {
            let seen = read.entry(record.partition).or_default();
            if record.offset.0 >= *seen as i64 {
                *seen = record.offset.0 as usize + 1;
                new.push(record);
            }
        }
        new
    }

    /// Moves the clock on, and runs until all rest: pauses end, timers fire, flushes become due.
    pub fn advance_time(&mut self, by: Duration) {
        self.clock.advance(by);
        self.run();
    }

    /// What a store holds for a partition, without the runtime's own mark.
    #[must_use]
    pub fn state_store(&self, store: &str, partition: Partition) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut pairs = self.log.store(store, partition);
        pairs.remove(crate::mark::KEY);
        pairs
    }

    /// Why stages are paused or have stopped, by group.
    #[must_use]
    pub fn troubles(&self) -> Vec<(String, String)> {
        let trouble = |stage: &Stage| stage.stopped.clone().or_else(|| stage.worker.paused());
        self.stages
            .iter()
            .filter_map(|stage| Some((stage.worker.spec().name, trouble(stage)?)))
            .collect()
    }

    /// Ends every membership and begins new ones, as after a crash.
    pub fn restart(&mut self) {
        for stage in &mut self.stages {
            stage.member = self
                .log
                .join(stage.worker.spec())
                .expect("a log in memory lets everybody join");
            stage.worker.joined();
            stage.stopped = None;
        }
        self.run();
    }

    /// Turns all stages until none has anything to do.
    ///
    /// # Panics
    /// Where they do not come to rest.
    pub fn run(&mut self) {
        let mut turns = 0;
        while self.turn() {
            turns += 1;
            assert!(turns < MOST_TURNS, "the stages do not come to rest");
        }
    }

    /// Turns each stage once; says whether one had something to do.
    pub fn turn(&mut self) -> bool {
        let turned = self.stages.iter_mut().map(|stage| stage.turn(&self.log));
        turned.fold(false, |worked, turned| worked | turned)
    }
}

impl Stage {
    fn turn(&mut self, log: &MemoryLog) -> bool {
        if self.stopped.is_some() {
            return false;
        }
        match self.worker.turn(self.member.as_mut()) {
            Turn::Worked => true,
            Turn::Idle | Turn::Held(_) | Turn::Away(_) => false,
            Turn::Reassigned => {
                self.worker.joined();
                true
            }
            Turn::Rejoin(_) => {
                self.member = log
                    .join(self.worker.spec())
                    .expect("a log in memory lets everybody join");
                self.worker.joined();
                true
            }
            Turn::Stop(reason) => {
                self.stopped = Some(reason);
                false
            }
        }
    }
}
