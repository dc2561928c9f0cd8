//! Whose sources are whose: a source is polled by whoever owns its partition, so none is polled twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use mediamesh_domain::id::SourceId;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::partition_of;
use mediamesh_schemas::Topic;

/// Says which sources this process polls.
pub trait Ownership: Send + Sync {
    /// Whether this process polls a source, as of now.
    fn owns(&self, source: SourceId) -> bool;

    /// Another number after each change of what is owned.
    fn generation(&self) -> u64 {
        0
    }
}

/// The one process of a deployment: it polls all.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnsAll;

impl Ownership for OwnsAll {
    fn owns(&self, _: SourceId) -> bool {
        true
    }
}

/// Polls the sources of some partitions of `ingest.raw`; whoever assigns partitions says which.
#[derive(Debug, Default)]
pub struct OwnsPartitions {
    own: RwLock<BTreeSet<Partition>>,
    generation: AtomicU64,
}

impl OwnsPartitions {
    /// The partitions from now on.
    pub fn assign(&self, partitions: impl IntoIterator<Item = Partition>) {
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        *own = partitions.into_iter().collect();
        self.generation.fetch_add(1, Ordering::SeqCst);
    }
}

impl Ownership for OwnsPartitions {
    fn owns(&self, source: SourceId) -> bool {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.contains(&partition(source))
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }
}

/// The partition of a source: that of its raw entries.
#[must_use]
pub fn partition(source: SourceId) -> Partition {
    let partitions = Topic::IngestRaw.spec().partitions;
    partition_of(source.to_string().as_bytes(), partitions)
}
