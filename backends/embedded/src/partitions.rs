//! What is known in memory of every partition: where it starts, what is written, what is durable.

use mediamesh_domain::position::Partition;
use mediamesh_schemas::Topic;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// One partition's offsets. Only the writer moves `written`, only the sync thread moves `durable`.
#[derive(Default)]
pub(crate) struct Ends {
    start: AtomicI64,
    written: AtomicI64,
    durable: AtomicI64,
    /// Rung when `durable` moves.
    pub(crate) durable_moved: Notify,
}

impl Ends {
    /// The first offset that is kept.
    pub(crate) fn start(&self) -> i64 {
        self.start.load(Ordering::Acquire)
    }

    /// The offset after the last record that a commit holds.
    pub(crate) fn written(&self) -> i64 {
        self.written.load(Ordering::Acquire)
    }

    /// The offset after the last record that is on disk.
    pub(crate) fn durable(&self) -> i64 {
        self.durable.load(Ordering::Acquire)
    }

    pub(crate) fn set_start(&self, offset: i64) {
        self.start.store(offset, Ordering::Release);
    }

    pub(crate) fn set_written(&self, offset: i64) {
        self.written.store(offset, Ordering::Release);
    }

    pub(crate) fn set_durable(&self, offset: i64) {
        self.durable.store(offset, Ordering::Release);
        self.durable_moved.notify_waiters();
    }
}

/// Wakes threads that wait for something to move.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    /// How often it was rung; look at it before you look for work, then wait on it.
    pub(crate) fn count(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.heard.notify_all();
    }

    /// Blocks until it was rung since `count`, or until the time has come.
    pub(crate) fn wait_until(&self, count: u64, deadline: Instant) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while *rung == count {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            rung = self
                .heard
                .wait_timeout(rung, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

/// One topic's partitions and what wakes those who read them.
pub(crate) struct TopicEnds {
    first: usize,
    count: i32,
    /// Rung when records were written.
    pub(crate) written: Bell,
    /// Rung when records became durable.
    pub(crate) durable: Bell,
    /// How many members read what is written before it is durable: whose steps may follow an append.
    pub(crate) followers: AtomicUsize,
}

/// Where a partition stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Slot(usize);

/// All partitions of all topics.
pub(crate) struct Partitions {
    ends: Vec<(Topic, Partition, Ends)>,
    topics: HashMap<Topic, TopicEnds>,
}

impl Partitions {
    pub(crate) fn new() -> Self {
        let mut ends = Vec::new();
        let mut topics = HashMap::new();
        for topic in Topic::ALL.iter().copied() {
            let count = topic.spec().partitions;
            let first = ends.len();
            topics.insert(
                topic,
                TopicEnds {
                    first,
                    count,
                    written: Bell::default(),
                    durable: Bell::default(),
                    followers: AtomicUsize::new(0),
                },
            );
            ends.extend((0..count).map(|p| (topic, Partition(p), Ends::default())));
        }
        Self { ends, topics }
    }

    /// The slot of a partition, where the topic has it.
    pub(crate) fn slot(&self, topic: Topic, partition: Partition) -> Option<Slot> {
        let entry = self.topics.get(&topic)?;
        (0..entry.count)
            .contains(&partition.0)
            .then(|| Slot(entry.first + partition.0 as usize))
    }

    pub(crate) fn ends(&self, slot: Slot) -> &Ends {
        &self.ends[slot.0].2
    }

    pub(crate) fn place(&self, slot: Slot) -> (Topic, Partition) {
        let (topic, partition, _) = &self.ends[slot.0];
        (*topic, *partition)
    }

    pub(crate) fn topic(&self, topic: Topic) -> &TopicEnds {
        &self.topics[&topic]
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        (0..self.ends.len()).map(Slot)
    }
}
