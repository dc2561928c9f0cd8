//! Which sources this process polls, where several poll: those of the partitions that the log hands it.
//!
//! All that poll are members of one group over `ingest.events`, which has a partition for each of `ingest.raw`. They
//! read it for its assignment alone.

use super::stores::Stores;
use mediamesh_connectors::scheduler::{Ownership, OwnsAll, OwnsPartitions};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Error, GroupSpec, Member, Sees, Step};
use mediamesh_runtime::Runner;
use mediamesh_runtime::worker::{Turn, Worker};
use mediamesh_schemas::Topic;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// The group of all that poll.
const GROUP: &str = "connectors";
/// Records taken at once; nothing is done with them.
const AT_ONCE: usize = 1_000;
/// How long a turn waits for records, and so the longest until a change of the assignment is seen.
const WAIT: Duration = Duration::from_millis(250);

/// What a process polls: all, where it is alone or polls only when asked to; else its share.
pub(super) fn share_of_sources(
    stores: &Stores,
    polls: bool,
    runner: &mut Runner,
) -> io::Result<Arc<dyn Ownership>> {
    if stores.is_alone() || !polls {
        return Ok(Arc::new(OwnsAll));
    }
    let own = Arc::new(OwnsPartitions::default());
    let told = Arc::clone(&own);
    runner.start(GROUP, Box::new(move || Box::new(Share::new(&told))))?;
    Ok(own)
}

/// A member of the group that tells what it was handed.
struct Share {
    own: Arc<OwnsPartitions>,
    told: Vec<Partition>,
}

impl Share {
    fn new(own: &Arc<OwnsPartitions>) -> Self {
        Self {
            own: Arc::clone(own),
            told: Vec::new(),
        }
    }

    fn tell(&mut self, owned: Vec<Partition>) {
        if owned != self.told {
            tracing::info!(
                partitions = owned.len(),
                "polls the sources of other partitions than before"
            );
            self.own.assign(owned.iter().copied());
            self.told = owned;
        }
    }

    fn take(member: &mut dyn Member) -> Result<Turn, Error> {
        let Some(batch) = member.poll(AT_ONCE, WAIT)? else {
            return Ok(Turn::Idle);
        };
        let Some(last) = batch.records.last() else {
            return Ok(Turn::Idle);
        };
        member.commit(Step {
            partition: batch.partition,
            next_offset: Offset(last.offset.0 + 1),
            ..Step::default()
        })?;
        Ok(Turn::Worked)
    }
}

impl Worker for Share {
    fn spec(&self) -> GroupSpec {
        GroupSpec {
            name: GROUP.to_owned(),
            input: Topic::IngestEvents,
            store: None,
            sees: Sees::Durable,
        }
    }

    fn joined(&mut self) {
        self.tell(Vec::new());
    }

    fn turn(&mut self, member: &mut dyn Member) -> Turn {
        let turn = Self::take(member).unwrap_or_else(Turn::from);
        let mut owned = member.owned();
        owned.sort_unstable();
        self.tell(owned);
        turn
    }

    fn paused(&self) -> Option<String> {
        None
    }

    fn drain(&mut self, _: &mut dyn Member) {
        self.tell(Vec::new());
    }
}
