//! Parking: where a sink cannot take a record, the record's key waits, and the partition goes on.
//!
//! The record and the later ones of its key are kept in the state of the sink's group until somebody, having
//! mended the cause, asks for a redrive. [`Parking`] is what the command line and the APIs ask: it lists what
//! is parked, says whether a key is held, and hands redrives to the threads that own the partitions.

use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::state::{Change, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::Record;
use mediamesh_schemas::Topic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many parked records are read at once.
const PAGE: usize = 100;

/// A key that a sink holds back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParkedKey {
    /// The sink's group.
    pub sink: String,
    /// The partition.
    pub partition: Partition,
    /// The record's key, as text.
    pub key: String,
    /// The stable code of what is wrong with the first record.
    pub code: String,
    /// What is wrong, in words.
    pub reason: String,
    /// How many records are held.
    pub records: usize,
    /// The offset of the first.
    pub first_offset: Offset,
}

/// What a redrive did in one sink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// The sink's group.
    pub sink: String,
    /// How many records were written.
    pub records: usize,
    /// What is still parked.
    pub still_parked: Vec<ParkedKey>,
}

/// Everything that the sinks of this process hold back.
#[derive(Debug, Default)]
pub struct Parking {
    entries: Mutex<BTreeMap<u64, Entry>>,
}

#[derive(Debug)]
struct Entry {
    sink: String,
    keys: Vec<ParkedKey>,
    requests: Sender<Request>,
}

/// A redrive that a sink's thread is to carry out.
#[derive(Debug)]
pub(crate) struct Request {
    /// Only this key; none: all.
    pub key: Option<String>,
    /// Where the answer goes.
    pub answer: Sender<Redriven>,
}

/// A sink's place in [`Parking`]; dropping it leaves.
#[derive(Debug)]
pub(crate) struct Slot {
    parking: Arc<Parking>,
    id: u64,
    /// The redrives asked for.
    pub requests: Mutex<Receiver<Request>>,
}

impl Parking {
    /// What is parked, by sink and key.
    #[must_use]
    pub fn list(&self) -> Vec<ParkedKey> {
        self.lock()
            .values()
            .flat_map(|entry| entry.keys.clone())
            .collect()
    }

    /// Why a key is held, where some sink whose group starts with `sink` holds it: what an answer
    /// `accepted, held: <code>` says.
    #[must_use]
    pub fn held(&self, sink: &str, key: &str) -> Option<ParkedKey> {
        self.lock()
            .values()
            .filter(|entry| entry.sink.starts_with(sink))
            .find_map(|entry| entry.keys.iter().find(|parked| parked.key == key).cloned())
    }

    /// Lets sinks try parked keys again: all sinks or one, all keys or one. Blocks, at most for `wait`.
    #[must_use]
    pub fn redrive(&self, sink: Option<&str>, key: Option<&str>, wait: Duration) -> Vec<Redriven> {
        let (answer, answers) = channel();
        let asked = self
            .lock()
            .values()
            .filter(|entry| sink.is_none_or(|sink| entry.sink == sink))
            .filter(|entry| {
                let request = Request {
                    key: key.map(str::to_owned),
                    answer: answer.clone(),
                };
                entry.requests.send(request).is_ok()
            })
            .count();
        drop(answer);
        (0..asked)
            .map_while(|_| answers.recv_timeout(wait).ok())
            .collect()
    }

    pub(crate) fn register(self: &Arc<Self>, sink: &str) -> Slot {
        let (sender, receiver) = channel();
        let mut entries = self.lock();
        let id = entries.last_key_value().map_or(0, |(last, _)| last + 1);
        let entry = Entry {
            sink: sink.to_owned(),
            keys: Vec::new(),
            requests: sender,
        };
        entries.insert(id, entry);
        Slot {
            parking: Arc::clone(self),
            id,
            requests: Mutex::new(receiver),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Tells what the sink holds now.
    pub fn publish(&self, keys: Vec<ParkedKey>) {
        if let Some(entry) = self.parking.lock().get_mut(&self.id) {
            entry.keys = keys;
        }
    }

    /// The next redrive asked for.
    pub fn request(&self) -> Option<Request> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .try_recv()
            .ok()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.parking.lock().remove(&self.id);
    }
}

/// A record that is held, as it stands in the state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ParkedRecord {
    /// The code of what is wrong with it, or with the record that it waits for.
    pub code: String,
    /// The same in words.
    pub reason: String,
    topic: String,
    partition: i32,
    offset: i64,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    headers: Vec<(String, Vec<u8>)>,
    at: i64,
}

impl ParkedRecord {
    /// A record that is to be held.
    pub fn new(record: &Record, code: &str, reason: &str) -> Self {
        Self {
            code: code.to_owned(),
            reason: reason.to_owned(),
            topic: record.topic.name().to_owned(),
            partition: record.partition.0,
            offset: record.offset.0,
            key: record.key.clone(),
            value: record.value.clone(),
            headers: record.headers.clone(),
            at: record.timestamp.0,
        }
    }

    /// The record as it stood in the log.
    pub fn record(&self) -> Result<Record, Unreadable> {
        let topic = Topic::by_name(&self.topic)
            .ok_or_else(|| Unreadable(format!("no topic is called {}", self.topic)))?;
        Ok(Record {
            topic,
            partition: Partition(self.partition),
            offset: Offset(self.offset),
            key: self.key.clone(),
            value: self.value.clone(),
            headers: self.headers.clone(),
            timestamp: Timestamp(self.at),
        })
    }

    /// The change that keeps it.
    pub fn kept(&self) -> Result<Change, Unreadable> {
        let value = serde_json::to_vec(self).map_err(|e| Unreadable(e.to_string()))?;
        Ok(Change {
            key: self.state_key(),
            value: Some(value),
        })
    }

    /// The change that lets it go.
    pub fn released(&self) -> Change {
        Change {
            key: self.state_key(),
            value: None,
        }
    }

    fn state_key(&self) -> Vec<u8> {
        let mut key = prefix(&self.key);
        key.extend_from_slice(&self.offset.to_be_bytes());
        key
    }
}

/// What stands before all held records of a key: `k`, the key's length, the key.
fn prefix(key: &[u8]) -> Vec<u8> {
    let mut prefix = b"k".to_vec();
    prefix.extend_from_slice(&(key.len() as u32).to_be_bytes());
    prefix.extend_from_slice(key);
    prefix
}

/// The keys that are parked in each partition, as the state says.
#[derive(Debug, Default)]
pub(crate) struct ParkedState {
    partitions: BTreeMap<Partition, BTreeMap<Vec<u8>, ParkedKey>>,
}

impl ParkedState {
    /// Reads what is parked in a partition.
    pub fn load(
        &mut self,
        sink: &str,
        partition: Partition,
        state: &dyn StateView,
    ) -> Result<(), Unreadable> {
        self.partitions.insert(partition, BTreeMap::new());
        let mut after = Vec::new();
        loop {
            let page = state.scan(b"k", &after, PAGE)?;
            for (_, value) in &page {
                self.add(sink, &decode(value)?);
            }
            match page.last() {
                Some((key, _)) if page.len() == PAGE => after.clone_from(key),
                _ => return Ok(()),
            }
        }
    }

    /// Notes a held record.
    pub fn add(&mut self, sink: &str, record: &ParkedRecord) {
        let partition = Partition(record.partition);
        self.partitions
            .entry(partition)
            .or_default()
            .entry(record.key.clone())
            .or_insert_with(|| ParkedKey {
                sink: sink.to_owned(),
                partition,
                key: String::from_utf8_lossy(&record.key).into_owned(),
                code: record.code.clone(),
                reason: record.reason.clone(),
                records: 0,
                first_offset: Offset(record.offset),
            })
            .records += 1;
    }

    /// What is known of a key, where it is parked.
    pub fn get(&self, partition: Partition, key: &[u8]) -> Option<&ParkedKey> {
        self.partitions.get(&partition)?.get(key)
    }

    /// The parked keys of a partition, or those that are one key.
    pub fn keys(&self, only: Option<&str>) -> Vec<(Partition, Vec<u8>)> {
        self.partitions
            .iter()
            .flat_map(|(partition, keys)| keys.iter().map(move |entry| (*partition, entry)))
            .filter(|(_, (_, parked))| only.is_none_or(|only| parked.key == only))
            .map(|(partition, (key, _))| (partition, key.clone()))
            .collect()
    }

    /// Forgets a partition: it is read again when it is needed.
    pub fn forget(&mut self, partition: Partition) {
        self.partitions.remove(&partition);
    }

    /// Whether a partition was read.
    pub fn knows(&self, partition: Partition) -> bool {
        self.partitions.contains_key(&partition)
    }

    /// Everything that is parked.
    pub fn list(&self) -> Vec<ParkedKey> {
        self.partitions
            .values()
            .flat_map(BTreeMap::values)
            .cloned()
            .collect()
    }

    /// The held records of a key, in order.
    pub fn records(state: &dyn StateView, key: &[u8]) -> Result<Vec<ParkedRecord>, Unreadable> {
        let prefix = prefix(key);
        let (mut records, mut after) = (Vec::new(), Vec::new());
        loop {
            let page = state.scan(&prefix, &after, PAGE)?;
            for (_, value) in &page {
                records.push(decode(value)?);
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => after.clone_from(last),
                _ => return Ok(records),
            }
        }
    }
}

fn decode(value: &[u8]) -> Result<ParkedRecord, Unreadable> {
    serde_json::from_slice(value).map_err(|e| Unreadable(e.to_string()))
}
