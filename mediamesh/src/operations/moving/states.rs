//! The deciders' states: read where this process has them, else as the member that takes their place.

use super::Deployment;
use super::part::{Keeper, partitions};
use anyhow::{Context as _, bail};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Error, Member, Step};
use mediamesh_ports::state_store::{StateChange, StateRead};
use mediamesh_runtime::mark::Mark;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Keys read or written at once.
const KEYS: usize = 500;
/// How long the member waits until all partitions are its own.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a look at the log lasts.
const LOOK: Duration = Duration::from_millis(100);

/// Who decides nothing and holds all the states of a keeper meanwhile.
pub(super) struct Seat {
    member: Box<dyn Member>,
}

impl Seat {
    /// Takes the place of who decides.
    ///
    /// # Errors
    /// Where others decide now.
    pub(super) fn take(deployment: &Deployment, keeper: Keeper) -> anyhow::Result<Self> {
        let group = keeper.group();
        let others = || {
            format!(
                "other processes run the stage {}: stop those with the role streams and try again",
                group.name
            )
        };
        let member = deployment.stores.groups.join(group.clone());
        let mut seat = Self {
            member: member.with_context(others)?,
        };
        let (since, wanted) = (Instant::now(), partitions(group.input).count());
        while seat.member.owned().len() < wanted {
            if since.elapsed() > PATIENCE {
                bail!(others());
            }
            match seat.look() {
                Ok(()) => {}
                Err(Error::Reassigned(_) | Error::Transient(_)) => std::thread::sleep(LOOK),
                Err(error) => return Err(error).with_context(others),
            }
        }
        Ok(seat)
    }

    /// Looks at the log, where nothing may be, and so lets what was committed come through.
    fn look(&mut self) -> Result<(), Error> {
        match self.member.poll(1, LOOK)? {
            None => Ok(()),
            Some(batch) => Err(Error::Refused(format!(
                "records came into partition {} meanwhile: stop what writes, and try again",
                batch.partition
            ))),
        }
    }

    fn state(&self, partition: Partition) -> anyhow::Result<Arc<dyn StateRead>> {
        Ok(self.member.state(partition)?)
    }

    /// Writes a partition's state, by changes that may have been written before.
    ///
    /// `fill` hands in the changes. The mark comes last: the partition stands at its input's beginning.
    ///
    /// # Errors
    /// Where the log does not take them.
    pub(super) fn write(
        &mut self,
        partition: Partition,
        fill: impl FnOnce(&mut dyn FnMut(StateChange) -> anyhow::Result<()>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut changes = Vec::with_capacity(KEYS);
        fill(&mut |change| {
            changes.push(change);
            if changes.len() >= KEYS {
                self.commit(partition, std::mem::take(&mut changes))?;
            }
            Ok(())
        })?;
        let mark = Mark::default().change();
        changes.push(StateChange {
            key: mark.key,
            value: mark.value,
        });
        self.commit(partition, changes)?;
        Ok(self.look()?)
    }

    fn commit(&mut self, partition: Partition, changes: Vec<StateChange>) -> Result<(), Error> {
        self.member.commit(Step {
            partition,
            next_offset: Offset(0),
            changes,
            outputs: Vec::new(),
        })
    }
}

/// Shows some partitions of a keeper's state to `each`.
///
/// # Errors
/// Where others have the state, or `each` says so.
pub(super) fn show(
    deployment: &Deployment,
    keeper: Keeper,
    wanted: &[Partition],
    mut each: impl FnMut(Partition, &Arc<dyn StateRead>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let store = keeper.group().store.context("a keeper keeps a state")?;
    let here = wanted.iter().map(|partition| {
        let state = deployment.stores.state.state(store, *partition)?;
        Ok(state.map(|state| (*partition, state)))
    });
    let here: Option<Vec<_>> = here.collect::<anyhow::Result<_>>()?;
    if let Some(here) = here {
        return here
            .iter()
            .try_for_each(|(partition, state)| each(*partition, state));
    }
    let mut seat = Seat::take(deployment, keeper)?;
    for partition in wanted {
        each(*partition, &seat.state(*partition)?)?;
        seat.look()?;
    }
    Ok(())
}

/// Hands every key of a state with its value to `each`, in order.
///
/// # Errors
/// Where the state cannot be read, or `each` says so.
pub(super) fn keys(
    state: &dyn StateRead,
    mut each: impl FnMut(Vec<u8>, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = Vec::new();
    loop {
        let page = state.scan(b"", &after, KEYS)?;
        let full = page.len() == KEYS;
        if let Some((last, _)) = page.last() {
            after.clone_from(last);
        }
        for (key, value) in page {
            each(key, value)?;
        }
        if !full {
            return Ok(());
        }
    }
}
