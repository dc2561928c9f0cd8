//! What the threads and the handles of an open database share.

use crate::keys;
use crate::maintain::Housekeeping;
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
    pub(crate) housekeeping: Mutex<Housekeeping>,
    /// How many records must have come before a partition is compacted.
    pub(crate) compact_after: usize,
    groups: Mutex<GroupsByName>,
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

/// The groups by name and input.
type GroupsByName = HashMap<(String, Topic), Arc<GroupOffsets>>;

fn group_of(groups: &mut GroupsByName, name: &str, input: Topic) -> Arc<GroupOffsets> {
    let new = || Arc::new(GroupOffsets::new(name.to_owned(), input));
    let group = groups.entry((name.to_owned(), input)).or_insert_with(new);
    group.clone()
}

impl Shared {
    /// Opens the keyspaces and reads back where everything stands.
    pub(crate) fn load(
        db: Database,
        failed_marker: PathBuf,
        compact_after: usize,
    ) -> fjall::Result<Self> {
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
            housekeeping: Mutex::default(),
            compact_after,
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
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        for guard in self.offsets.iter() {
            let (key, value) = guard.into_inner()?;
            let Some((name, topic, partition)) = keys::parse_group_offset(&key) else {
                continue;
            };
            let topic = Topic::ALL.iter().copied().find(|t| t.number() == topic);
            if let (Some(topic), Some(offset)) = (topic, keys::number(&value)) {
                group_of(&mut groups, &name, topic).set_committed(Partition(partition), offset);
            }
        }
        Ok(())
    }

    /// Gives a group its member; none where it has one.
    pub(crate) fn join(&self, name: &str, input: Topic) -> Option<Arc<GroupOffsets>> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let group = group_of(&mut groups, name, input);
        let joined = group.joined.swap(true, Ordering::AcqRel);
        (!joined).then_some(group)
    }

    /// A group's committed offset; 0 where it is not known.
    pub(crate) fn committed(&self, name: &str, input: Topic, partition: Partition) -> i64 {
        let groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups
            .get(&(name.to_owned(), input))
            .map_or(0, |group| group.committed(partition))
    }

    /// The lowest offset that a group has committed in a partition; none where no group reads it.
    pub(crate) fn slowest_group(&self, input: Topic, partition: Partition) -> Option<i64> {
        let groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups
            .values()
            .filter(|group| group.input == input)
            .map(|group| group.committed(partition))
            .min()
    }

    /// Takes a group out; answers where it had offsets, or none where it has a member.
    pub(crate) fn forget_group(&self, name: &str) -> Option<Vec<(Topic, Partition)>> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = groups.values().filter(|group| group.name == name);
        if own.any(|group| group.joined.load(Ordering::Acquire)) {
            return None;
        }
        let mut places = Vec::new();
        groups.retain(|_, group| {
            if group.name == name {
                let count = group.input.spec().partitions;
                places.extend((0..count).map(|p| (group.input, Partition(p))));
            }
            group.name != name
        });
        Some(places)
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
