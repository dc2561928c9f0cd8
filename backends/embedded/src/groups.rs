//! Taking part in the log: groups and their one member.
//!
//! There is one process, so a group has one member at a time and it owns all partitions.

mod member;

use crate::database::Embedded;
use crate::keys;
use crate::state;
use crate::views::write_and_wait;
use crate::writer::{When, Write};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Error, GroupSpec, Groups, Member, Place};
use mediamesh_schemas::Topic;
use member::EmbeddedMember;

impl Groups for Embedded {
    fn join(&self, spec: GroupSpec) -> Result<Box<dyn Member>, Error> {
        let name = &spec.name;
        if name.is_empty() || name.len() > 200 || name.contains('\0') {
            return Err(Error::Refused(format!("{name:?} is not a group's name")));
        }
        let shared = &self.core.shared;
        let stores = match spec.store {
            None => None,
            Some(store) => Some(
                (0..spec.input.spec().partitions)
                    .map(|p| state::open(shared, store, Partition(p)))
                    .collect::<Result<Vec<_>, _>>()?,
            ),
        };
        let offsets = shared.join(name, spec.input).ok_or_else(|| {
            let input = spec.input;
            Error::Refused(format!(
                "group {name} has a member that holds all partitions of {input}"
            ))
        })?;
        Ok(Box::new(EmbeddedMember::new(
            self.core.clone(),
            spec,
            offsets,
            stores,
        )))
    }

    fn place(&self, group: &str, input: Topic, partition: Partition) -> Result<Place, Error> {
        let partitions = &self.core.shared.partitions;
        let slot = partitions
            .slot(input, partition)
            .ok_or_else(|| Error::Refused(format!("{input} has no partition {partition}")))?;
        let ends = partitions.ends(slot);
        let committed = self.core.shared.committed(group, input, partition);
        Ok(Place {
            committed: Offset(committed.max(ends.start())),
            end: Offset(ends.written()),
        })
    }

    fn forget(&self, group: &str) -> Result<(), Error> {
        let shared = &self.core.shared;
        let places = shared.forget_group(group).ok_or_else(|| {
            Error::Refused(format!(
                "group {group} has a member: end it before forgetting it"
            ))
        })?;
        let writes = places.into_iter().map(|(topic, partition)| Write {
            keyspace: shared.offsets.clone(),
            key: keys::group_offset(group, topic, partition).into(),
            value: None,
        });
        write_and_wait(shared, writes.collect(), When::Durable)
    }
}
