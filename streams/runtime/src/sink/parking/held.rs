//! What is parked, as the state of the sink's group keeps it.

use super::ParkedKey;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::state::{Change, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::Record;
use mediamesh_schemas::Topic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many parked records are read at once.
const PAGE: usize = 100;

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
