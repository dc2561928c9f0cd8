//! An event log in memory, for one thread: the ports as the driver and the tests see them.
//!
//! It keeps what the contract promises (order, offsets, steps that are all or nothing, a partition offered
//! again only after commit or rewind) and nothing of durability.

use async_trait::async_trait;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{
    AppendLog, Batch, Bounds, Error, GroupSpec, Groups, Member, NewRecord, Page, Place, ReadLog,
    Record, Step,
};
use mediamesh_ports::state_store::StateRead;
use mediamesh_schemas::Topic;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

/// An event log in memory.
#[derive(Clone, Default)]
pub struct MemoryLog {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    records: BTreeMap<(Topic, Partition), Vec<Record>>,
    committed: BTreeMap<(String, Partition), Offset>,
    stores: BTreeMap<(String, Partition), Pairs>,
    failures: Vec<Error>,
    /// How often partitions were handed to others.
    handed_over: u64,
}

impl MemoryLog {
    /// Appends records in order.
    pub fn push(&self, records: Vec<NewRecord>) -> Vec<Offset> {
        self.lock().append(records)
    }

    /// All records of a topic, partition by partition.
    #[must_use]
    pub fn records(&self, topic: Topic) -> Vec<Record> {
        let inner = self.lock();
        let of_topic = inner.records.iter().filter(|((t, _), _)| *t == topic);
        of_topic.flat_map(|(_, records)| records.clone()).collect()
    }

    /// The state that a group keeps in a store for a partition.
    #[must_use]
    pub fn store(&self, store: &str, partition: Partition) -> Pairs {
        let key = (store.to_owned(), partition);
        self.lock().stores.get(&key).cloned().unwrap_or_default()
    }

    /// Lets the next commits fail, in this order.
    pub fn fail_commits(&self, errors: impl IntoIterator<Item = Error>) {
        self.lock().failures.extend(errors);
    }

    /// Lets the members hear that partitions were handed to others, and came back at once.
    pub fn hand_over(&self) {
        self.lock().handed_over += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, records: Vec<NewRecord>) -> Vec<Offset> {
        records
            .into_iter()
            .map(|new| {
                let at = self.records.entry((new.topic, new.partition)).or_default();
                let offset = Offset(at.len() as i64);
                at.push(Record {
                    topic: new.topic,
                    partition: new.partition,
                    offset,
                    key: new.key,
                    value: new.value,
                    headers: new.headers,
                    timestamp: new.timestamp,
                });
                offset
            })
            .collect()
    }

    fn end(&self, topic: Topic, partition: Partition) -> i64 {
        self.records
            .get(&(topic, partition))
            .map_or(0, |records| records.len() as i64)
    }

    fn committed(&self, group: &str, partition: Partition) -> Offset {
        let key = (group.to_owned(), partition);
        self.committed.get(&key).copied().unwrap_or_default()
    }
}

#[async_trait]
impl AppendLog for MemoryLog {
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, Error> {
        Ok(self.push(records))
    }
}

#[async_trait]
impl ReadLog for MemoryLog {
    async fn read(
        &self,
        topic: Topic,
        partition: Partition,
        from: Offset,
        max: usize,
    ) -> Result<Page, Error> {
        let inner = self.lock();
        let skipped = usize::try_from(from.0).unwrap_or(0);
        let all = inner.records.get(&(topic, partition));
        let records: Vec<Record> = all
            .into_iter()
            .flat_map(|all| all.iter().skip(skipped).take(max).cloned())
            .collect();
        let next = records.last().map_or(from, |last| last.offset.next());
        Ok(Page { records, next })
    }

    async fn bounds(&self, topic: Topic, partition: Partition) -> Result<Bounds, Error> {
        let end = Offset(self.lock().end(topic, partition));
        Ok(Bounds {
            start: Offset(0),
            end,
        })
    }

    async fn wait_for(&self, topic: Topic, partition: Partition, from: Offset, wait: Duration) {
        let until = tokio::time::Instant::now() + wait;
        while self.lock().end(topic, partition) <= from.0 && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Groups for MemoryLog {
    fn join(&self, spec: GroupSpec) -> Result<Box<dyn Member>, Error> {
        Ok(Box::new(MemoryMember {
            log: self.clone(),
            spec,
            positions: BTreeMap::new(),
            offered: BTreeSet::new(),
            handed_over: self.lock().handed_over,
        }))
    }

    fn place(&self, group: &str, input: Topic, partition: Partition) -> Result<Place, Error> {
        let inner = self.lock();
        Ok(Place {
            committed: inner.committed(group, partition),
            end: Offset(inner.end(input, partition)),
        })
    }

    fn forget(&self, group: &str) -> Result<(), Error> {
        self.lock().committed.retain(|(name, _), _| name != group);
        Ok(())
    }
}

/// The one member of a group.
struct MemoryMember {
    log: MemoryLog,
    spec: GroupSpec,
    positions: BTreeMap<Partition, Offset>,
    offered: BTreeSet<Partition>,
    handed_over: u64,
}

struct Snapshot(Pairs);

impl StateRead for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: &[u8],
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Error> {
        let wanted = |key: &[u8]| key.starts_with(prefix) && (after.is_empty() || key > after);
        let pairs = self.0.iter().filter(|(key, _)| wanted(key)).take(max);
        Ok(pairs
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }
}

impl Member for MemoryMember {
    fn poll(&mut self, max: usize, _wait: Duration) -> Result<Option<Batch>, Error> {
        let inner = self.log.lock();
        if inner.handed_over != self.handed_over {
            self.handed_over = inner.handed_over;
            self.positions.clear();
            self.offered.clear();
            return Err(Error::Reassigned(self.spec.input));
        }
        for partition in self.owned() {
            if self.offered.contains(&partition) {
                continue;
            }
            let committed = inner.committed(&self.spec.name, partition);
            let from = self.positions.get(&partition).copied().unwrap_or(committed);
            let end = inner.end(self.spec.input, partition);
            let to = end.min(from.0 + max as i64);
            if from.0 >= end {
                continue;
            }
            let all = &inner.records[&(self.spec.input, partition)];
            let records = all[from.0 as usize..to as usize].to_vec();
            self.positions.insert(partition, Offset(to));
            self.offered.insert(partition);
            return Ok(Some(Batch {
                partition,
                records,
                caught_up: to == end,
            }));
        }
        Ok(None)
    }

    fn state(&self, partition: Partition) -> Result<Arc<dyn StateRead>, Error> {
        let Some(store) = self.spec.store else {
            return Err(Error::Refused(format!("{} keeps no state", self.spec.name)));
        };
        Ok(Arc::new(Snapshot(self.log.store(store, partition))))
    }

    fn commit(&mut self, step: Step) -> Result<(), Error> {
        let mut inner = self.log.lock();
        if !inner.failures.is_empty() {
            return Err(inner.failures.remove(0));
        }
        if let Some(store) = self.spec.store {
            let key = (store.to_owned(), step.partition);
            let pairs = inner.stores.entry(key).or_default();
            for change in step.changes {
                match change.value {
                    Some(value) => pairs.insert(change.key, value),
                    None => pairs.remove(&change.key),
                };
            }
        }
        inner.append(step.outputs);
        let key = (self.spec.name.clone(), step.partition);
        inner.committed.insert(key, step.next_offset);
        self.offered.remove(&step.partition);
        Ok(())
    }

    fn rewind(&mut self, partition: Partition) -> Result<(), Error> {
        self.positions.remove(&partition);
        self.offered.remove(&partition);
        Ok(())
    }

    fn owned(&self) -> Vec<Partition> {
        (0..self.spec.input.spec().partitions)
            .map(Partition)
            .collect()
    }
}
