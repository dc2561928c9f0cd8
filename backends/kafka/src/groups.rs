//! Groups: joining, how far they are behind, and forgetting them.

use crate::lag::Committed;
use crate::log::KafkaLog;
use crate::member::KafkaMember;
use crate::records::check_partition;
use crate::topics::{self, Change, Cluster, Wanted};
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Error, GroupSpec, Groups, Member, Place};
use mediamesh_schemas::Topic;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The members of this process, one a group: they bear the instance's name.
#[derive(Default)]
pub(crate) struct Members(Mutex<BTreeMap<String, Arc<Seat>>>);

/// What others may know of a member at work.
pub(crate) struct Seat {
    pub(crate) input: Topic,
    pub(crate) store: Option<&'static str>,
    /// What it has committed, in the partitions that it holds and that are ready.
    committed: Mutex<Committed>,
}

impl Seat {
    pub(crate) fn committed(&self) -> MutexGuard<'_, Committed> {
        self.committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A seat that is taken; dropping it frees it.
pub(crate) struct Seated {
    members: Arc<Members>,
    group: String,
    pub(crate) seat: Arc<Seat>,
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.members.seats().remove(&self.group);
    }
}

impl Members {
    /// Takes the seat of a group, where it is free.
    fn take(self: &Arc<Self>, spec: &GroupSpec) -> Result<Seated, Error> {
        let mut seats = self.seats();
        let name = &spec.name;
        if seats.contains_key(name) {
            return Err(Error::Refused(format!(
                "group {name} has a member in this process"
            )));
        }
        let seat = Arc::new(Seat {
            input: spec.input,
            store: spec.store,
            committed: Mutex::default(),
        });
        seats.insert(name.clone(), Arc::clone(&seat));
        Ok(Seated {
            members: Arc::clone(self),
            group: name.clone(),
            seat,
        })
    }

    /// Whether a member of this process holds a partition of a store.
    pub(crate) fn hold(&self, store: &str, partition: Partition) -> bool {
        let seats = self.seats();
        let mut keepers = seats.values().filter(|seat| seat.store == Some(store));
        keepers.any(|seat| seat.committed().contains_key(&partition))
    }

    fn seat(&self, group: &str) -> Option<Arc<Seat>> {
        self.seats().get(group).cloned()
    }

    fn seats(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Seat>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Groups for KafkaLog {
    fn join(&self, spec: GroupSpec) -> Result<Box<dyn Member>, Error> {
        let core = &self.core;
        if !core.names.is_group_name(&spec.name) {
            let name = &spec.name;
            return Err(Error::Refused(format!("{name:?} is not a group's name")));
        }
        if let Some(store) = spec.store {
            let states = core.states.as_ref().ok_or_else(|| {
                let name = &spec.name;
                Error::Refused(format!("group {name} keeps state: name a state directory"))
            })?;
            states.own(store, &spec.name)?;
        }
        let seat = core.members.take(&spec)?;
        self.find(&spec)?;
        Ok(Box::new(KafkaMember::join(core, spec, seat)?))
    }

    fn place(&self, group: &str, input: Topic, partition: Partition) -> Result<Place, Error> {
        check_partition(input, partition)?;
        let core = &self.core;
        core.lags.place(group, input, partition, || {
            let seat = core.members.seat(group).filter(|seat| seat.input == input);
            seat.map(|seat| seat.committed().clone())
                .unwrap_or_default()
        })
    }

    fn forget(&self, group: &str) -> Result<(), Error> {
        let core = &self.core;
        let in_use = || Error::Refused(format!("group {group} has a member: end it first"));
        if core.members.seat(group).is_some() {
            return Err(in_use());
        }
        let cluster = Cluster::of(&core.settings).map_err(unplanned)?;
        let deleted = cluster.delete_group(&core.names.group(group));
        if !deleted.map_err(unplanned)? {
            return Err(in_use());
        }
        let changelog = core.names.changelog(group);
        cluster.delete(&changelog).map_err(unplanned)?;
        if let Some(states) = &core.states {
            states.forget(group)?;
        }
        core.lags.forget(group);
        Ok(())
    }
}

impl KafkaLog {
    /// Makes sure that what a member needs is there, before clients are made for it: while the brokers are away, a
    /// member is asked for again and again.
    fn find(&self, spec: &GroupSpec) -> Result<(), Error> {
        let core = &self.core;
        let name = core.names.topic(spec.input);
        let found = core.questions.partitions(name)?;
        let wanted = spec.input.spec().partitions;
        if i32::try_from(found) != Ok(wanted) {
            return Err(Error::Transient(format!(
                "{name} has {found} partitions, not {wanted}: plan and apply the topics"
            )));
        }
        if spec.store.is_none() {
            return Ok(());
        }
        let changelog = Wanted::changelog(&core.settings, spec);
        match core.questions.partitions(&changelog.name)? {
            0 => topics::apply(&core.settings, &[Change::Create(changelog)]).map_err(unplanned),
            found if i32::try_from(found) == Ok(wanted) => Ok(()),
            found => Err(unplanned(topics::Error::Partitions {
                topic: changelog.name,
                found,
                wanted,
            })),
        }
    }
}

fn unplanned(error: topics::Error) -> Error {
    match error {
        topics::Error::Cluster(_) | topics::Error::Denied(_) => Error::Transient(error.to_string()),
        other => Error::Refused(other.to_string()),
    }
}
