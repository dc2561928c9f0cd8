//! What is parked, as the state of the sink's group keeps it.

use mediamesh_domain::parked::{HeldKey, ParkedPlace};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::state::{Change, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::event_log::Record;
use mediamesh_schemas::Topic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many parked records are read at once.
const PAGE: usize = 100;

/// A record that is held, as it stands in the state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptRecord {
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

impl KeptRecord {
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

    /// Where it stood in its partition.
    pub fn offset(&self) -> Offset {
        Offset(self.offset)
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
    partitions: BTreeMap<Partition, BTreeMap<Vec<u8>, HeldKey>>,
}

impl ParkedState {
    /// Reads what is parked in a partition.
    pub fn load(
        &mut self,
        view: ViewVersion,
        partition: Partition,
        state: &dyn StateView,
    ) -> Result<(), Unreadable> {
        self.partitions.insert(partition, BTreeMap::new());
        let mut after = Vec::new();
        loop {
            let page = state.scan(b"k", &after, PAGE)?;
            for (_, value) in &page {
                self.add(view, &decode(value)?);
            }
            match page.last() {
                Some((key, _)) if page.len() == PAGE => after.clone_from(key),
                _ => return Ok(()),
            }
        }
    }

    /// Notes a held record.
    pub fn add(&mut self, view: ViewVersion, record: &KeptRecord) {
        let partition = Partition(record.partition);
        self.partitions
            .entry(partition)
            .or_default()
            .entry(record.key.clone())
            .or_insert_with(|| HeldKey {
                place: place(view, partition, &record.key),
                code: record.code.clone(),
                reason: record.reason.clone(),
                records: 0,
                first_offset: record.offset(),
                answers: None,
            })
            .records += 1;
    }

    /// What is known of a key, where it is parked.
    pub fn get(&self, partition: Partition, key: &[u8]) -> Option<&HeldKey> {
        self.partitions.get(&partition)?.get(key)
    }

    /// The key that a text names, where it is parked.
    pub fn key(&self, partition: Partition, text: &str) -> Option<Vec<u8>> {
        let mut keys = self.partitions.get(&partition)?.iter();
        keys.find(|(_, held)| held.place.key == text)
            .map(|(key, _)| key.clone())
    }

    /// Forgets a partition: it is read again when it is needed.
    pub fn forget(&mut self, partition: Partition) {
        self.partitions.remove(&partition);
    }

    /// Whether a partition was read.
    pub fn knows(&self, partition: Partition) -> bool {
        self.partitions.contains_key(&partition)
    }

    /// What is parked in a partition.
    pub fn list(&self, partition: Partition) -> Vec<HeldKey> {
        let keys = self.partitions.get(&partition).into_iter();
        keys.flat_map(BTreeMap::values).cloned().collect()
    }

    /// How many records are parked.
    pub fn records(&self) -> i64 {
        let keys = self.partitions.values().flat_map(BTreeMap::values);
        keys.map(|held| held.records).sum()
    }

    /// The held records of a key, in order.
    pub fn read(state: &dyn StateView, key: &[u8]) -> Result<Vec<KeptRecord>, Unreadable> {
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

/// Where a key is parked.
pub(crate) fn place(view: ViewVersion, partition: Partition, key: &[u8]) -> ParkedPlace {
    ParkedPlace {
        view: view.view,
        version: view.version,
        partition,
        key: String::from_utf8_lossy(key).into_owned(),
    }
}

fn decode(value: &[u8]) -> Result<KeptRecord, Unreadable> {
    serde_json::from_slice(value).map_err(|e| Unreadable(e.to_string()))
}
