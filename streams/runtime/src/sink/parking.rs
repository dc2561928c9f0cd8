//! Parking: where a sink cannot take a record, the record's key waits, and the partition goes on.
//!
//! The record and the later ones of its key are kept in the state of the sink's group until somebody, having
//! mended the cause, asks for a redrive. [`Parking`] is what the command line and the APIs ask: it lists what
//! is parked, says whether a key is held, and hands redrives to the threads that own the partitions.

mod held;

pub(crate) use held::{ParkedRecord, ParkedState};

use mediamesh_domain::position::{Offset, Partition};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
