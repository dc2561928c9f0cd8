//! What must hold of a log whatever happened to the process that wrote it.

use anyhow::{Context as _, ensure};
use mediamesh::instance::Instance;
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{CommandId, EventId, ItemRef};
use mediamesh_domain::position::{Offset, Partition, Seq, Version};
use mediamesh_schemas::{Topic, topics};
use std::collections::{BTreeMap, BTreeSet};

/// Records read at once.
const PAGE: usize = 1_000;

/// A write that was answered with success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acknowledged {
    /// The command.
    pub command: CommandId,
    /// The partition of its program.
    pub partition: Partition,
    /// The `seq` that the answer named.
    pub seq: Seq,
}

/// Every content event, by partition in order.
///
/// # Errors
/// Where the log or a record cannot be read.
pub async fn events(instance: &Instance) -> anyhow::Result<BTreeMap<Partition, Vec<Event>>> {
    let mut all = BTreeMap::new();
    for partition in (0..topics::PARTITIONS).map(Partition) {
        let mut events = Vec::new();
        let mut from = Offset(0);
        loop {
            let page = instance
                .stores
                .read
                .read(Topic::ContentEvents, partition, from, PAGE)
                .await?;
            for record in &page.records {
                let value = record
                    .value
                    .as_deref()
                    .context("an event without a value")?;
                events.push(instance.codec.decode::<Event>(value)?);
            }
            if page.next == from {
                break;
            }
            from = page.next;
        }
        all.insert(partition, events);
    }
    Ok(all)
}

/// Checks that no acknowledged write is lost, none happened twice, and order is kept.
///
/// # Errors
/// Which invariant is broken, and where.
pub fn check(
    log: &BTreeMap<Partition, Vec<Event>>,
    acknowledged: &BTreeSet<Acknowledged>,
) -> anyhow::Result<()> {
    let mut ids: BTreeSet<EventId> = BTreeSet::new();
    let mut seqs: BTreeMap<(Partition, CommandId), BTreeSet<Seq>> = BTreeMap::new();
    for (partition, events) in log {
        let mut versions: BTreeMap<ItemRef, Version> = BTreeMap::new();
        for (n, event) in events.iter().enumerate() {
            let expected = Seq(i64::try_from(n)? + 1);
            ensure!(
                event.seq == expected,
                "partition {partition}: {} stands where {expected} should",
                event.seq
            );
            ensure!(
                ids.insert(event.event_id),
                "event {} stands twice",
                event.event_id
            );
            let version = versions.entry(event.item).or_default();
            ensure!(
                event.version == version.next(),
                "{}: version {} after {version}",
                event.item,
                event.version
            );
            *version = event.version;
            seqs.entry((*partition, event.command_id))
                .or_default()
                .insert(event.seq);
        }
    }
    for write in acknowledged {
        let found = seqs.get(&(write.partition, write.command));
        ensure!(
            found.is_some_and(|seqs| seqs.contains(&write.seq)),
            "{} was acknowledged at {}:{} and is lost; found {found:?}",
            write.command,
            write.partition,
            write.seq
        );
    }
    Ok(())
}
