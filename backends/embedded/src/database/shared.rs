//! What the threads and the handles of an open database share.

use crate::keys;
use crate::partitions::{Partitions, Slot};
use crate::queue::Queue;
use crate::registry::Schemas;
use crate::views::{ViewRequest, Views};
use crate::writer::Request;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions};
use mediamesh_domain::position::Partition;
use mediamesh_schemas::Topic;
use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// At most so many writes, and so many bytes of them, wait for the writer.
const QUEUE_ITEMS: usize = 4096;
const QUEUE_BYTES: usize = 32 << 20;

/// What the threads and the handles share.
pub(crate) struct Shared {
    pub(crate) db: Database,
    /// Records, by topic, partition and offset.
    pub(crate) log: Keyspace,
    /// Groups' next offsets.
    pub(crate) offsets: Keyspace,
    /// The commit mark, the floors of partitions, the schemas.
    pub(crate) meta: Keyspace,
    pub(crate) partitions: Partitions,
    pub(crate) queue: Queue<Request>,
    pub(crate) view_queue: Queue<ViewRequest>,
    pub(crate) views: Views,
    pub(crate) schemas: Schemas,
    pub(crate) poison: Poison,
    groups: Mutex<HashMap<(String, Topic), Arc<GroupOffsets>>>,
    durable_commit: AtomicU64,
}

/// Why no more writes are taken, once that is so.
pub(crate) struct Poison {
    reason: OnceLock<String>,
    marker: PathBuf,
}

impl Poison {
    /// Takes no more writes from now on, and leaves a marker for the next start. The first reason stays.
    pub(crate) fn set(&self, reason: String) {
        if self.reason.set(reason).is_err() {
            return;
        }
        tracing::error!(
            reason = self.reason.get().map_or("", String::as_str),
            "the event log takes no more writes; look at the disk, then start again"
        );
        // The disk that failed may fail here too; the next start then only knows less.
        let _ = File::create(&self.marker).and_then(|file| file.sync_all());
    }

    /// The reason, where there is one.
    pub(crate) fn reason(&self) -> Option<String> {
        self.reason.get().cloned()
    }
}

/// A group's committed offsets in one topic.
pub(crate) struct GroupOffsets {
    pub(crate) name: String,
    pub(crate) input: Topic,
    committed: Vec<AtomicI64>,
    /// Whether a member has joined.
    pub(crate) joined: AtomicBool,
}

impl GroupOffsets {
    fn new(name: String, input: Topic) -> Self {
        let count = input.spec().partitions;
        Self {
            name,
            input,
            committed: (0..count).map(|_| AtomicI64::new(0)).collect(),
            joined: AtomicBool::new(false),
        }
    }

    /// The next offset of a partition; 0 where nothing was committed.
    pub(crate) fn committed(&self, partition: Partition) -> i64 {
        self.slot(partition)
            .map_or(0, |offset| offset.load(Ordering::Acquire))
    }

    pub(crate) fn set_committed(&self, partition: Partition, offset: i64) {
        if let Some(slot) = self.slot(partition) {
            slot.store(offset, Ordering::Release);
        }
    }

    fn slot(&self, partition: Partition) -> Option<&AtomicI64> {
        self.committed.get(usize::try_from(partition.0).ok()?)
    }
}

impl Shared {
    /// Opens the keyspaces and reads back where everything stands.
    pub(crate) fn load(db: Database, failed_marker: PathBuf) -> fjall::Result<Self> {
        let meta = db.keyspace("meta", small_options)?;
        let shared = Self {
            views: Views::load(&db)?,
            schemas: Schemas::load(&meta)?,
            view_queue: Queue::new(QUEUE_ITEMS, QUEUE_BYTES),
            log: db.keyspace("log", log_options)?,
            offsets: db.keyspace("offsets", small_options)?,
            meta,
            db,
            partitions: Partitions::new(),
            queue: Queue::new(QUEUE_ITEMS, QUEUE_BYTES),
            poison: Poison {
                reason: OnceLock::new(),
                marker: failed_marker,
            },
            groups: Mutex::default(),
            durable_commit: AtomicU64::new(0),
        };
        if let Some(mark) = shared.meta.get(keys::COMMIT_MARK)? {
            let number = mark.get(..8).and_then(keys::number).unwrap_or(0);
            shared.set_durable_commit(number as u64);
        }
        for slot in shared.partitions.slots() {
            shared.load_ends(slot)?;
        }
        shared.load_groups()?;
        Ok(shared)
    }

    fn load_ends(&self, slot: Slot) -> fjall::Result<()> {
        let (topic, partition) = self.partitions.place(slot);
        let floor = self.meta.get(keys::floor(topic, partition))?;
        let floor = floor.and_then(|bytes| keys::number(&bytes)).unwrap_or(0);
        let last = self.log.prefix(keys::place(topic, partition)).next_back();
        let after_last = match last {
            None => 0,
            Some(guard) => keys::offset_of(&guard.key()?).map_or(0, |last| last.0 + 1),
        };
        let ends = self.partitions.ends(slot);
        ends.set_start(floor);
        // What recovery brought back is on disk: fjall syncs the journal before it reads it.
        ends.set_written(after_last.max(floor));
        ends.set_durable(after_last.max(floor));
        Ok(())
    }

    fn load_groups(&self) -> fjall::Result<()> {
        for guard in self.offsets.iter() {
            let (key, value) = guard.into_inner()?;
            let Some((name, topic, partition)) = keys::parse_group_offset(&key) else {
                continue;
            };
            let topic = Topic::ALL.iter().copied().find(|t| t.number() == topic);
            if let (Some(topic), Some(offset)) = (topic, keys::number(&value)) {
                self.group(&name, topic)
                    .set_committed(Partition(partition), offset);
            }
        }
        Ok(())
    }

    /// The offsets of a group in a topic.
    pub(crate) fn group(&self, name: &str, input: Topic) -> Arc<GroupOffsets> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups
            .entry((name.to_owned(), input))
            .or_insert_with(|| Arc::new(GroupOffsets::new(name.to_owned(), input)))
            .clone()
    }

    /// The last commit that is on disk.
    pub(crate) fn last_durable_commit(&self) -> u64 {
        self.durable_commit.load(Ordering::Acquire)
    }

    pub(crate) fn set_durable_commit(&self, number: u64) {
        self.durable_commit.store(number, Ordering::Release);
    }
}

/// Records are written once, in order, and read soon after: large memtables; large values out of the tree, so
/// that compaction does not copy them.
fn log_options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(32 << 20)
        .with_kv_separation(Some(
            KvSeparationOptions::default().separation_threshold(512),
        ))
}

/// A few small values.
fn small_options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().max_memtable_size(1 << 20)
}
