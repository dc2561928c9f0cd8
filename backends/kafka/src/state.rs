//! The state of processors on this machine: a copy of what the changelogs say, in one fjall database.
//!
//! A keyspace per store and partition, and one with a checkpoint for each: how far into the changelog the copy has
//! come, written in the same batch as the data. Nothing is synced: after a crash the copy is older, not wrong,
//! and the changelog has the rest.

mod checkpoint;
mod directory;
mod view;

pub(crate) use checkpoint::{Checkpoint, Incarnation, StateAt};
pub use directory::OpenError;
pub(crate) use view::{PartitionState, Staged};

use directory::Lock;
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Error;
use mediamesh_ports::state_store::StateChange;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The longest key that fjall takes.
const MAX_KEY: usize = u16::MAX as usize;

/// The local copies.
pub(crate) struct States {
    db: Database,
    checkpoints: Keyspace,
    /// Store -> the group that keeps it: who forgets the group finds its copies here.
    owners: Keyspace,
    making: Mutex<()>,
    // Last: the directory stays locked until the database is closed.
    _lock: Lock,
}

impl States {
    /// Opens the directory, making it where there is none.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let lock = Lock::take(dir)?;
        let unreadable = |error: fjall::Error| lock.unreadable(&error);
        let db = Database::builder(lock.store())
            .cache_size(32 << 20)
            .max_journaling_size(128 << 20)
            // More than one keep a core busy for as long as any is at work (fjall 3.1).
            .worker_threads(1)
            .open()
            .map_err(unreadable)?;
        let small = || KeyspaceCreateOptions::default().max_memtable_size(1 << 20);
        Ok(Self {
            checkpoints: db.keyspace("checkpoints", small).map_err(unreadable)?,
            owners: db.keyspace("owners", small).map_err(unreadable)?,
            making: Mutex::new(()),
            db,
            _lock: lock,
        })
    }

    /// Notes that a group keeps a store.
    pub(crate) fn own(&self, store: &str, group: &str) -> Result<(), Error> {
        if store.is_empty() || store.len() > 100 || store.contains('.') {
            return Err(Error::Refused(format!("{store:?} is not a store's name")));
        }
        match self.owners.get(store).map_err(damaged)? {
            Some(owner) if *owner == *group.as_bytes() => Ok(()),
            Some(owner) => Err(Error::Refused(format!(
                "the store {store} is kept by group {}",
                String::from_utf8_lossy(&owner)
            ))),
            None => self.owners.insert(store, group).map_err(damaged),
        }
    }

    /// The copy of a partition's state, made where there is none.
    pub(crate) fn partition(&self, store: &str, partition: Partition) -> Result<Keyspace, Error> {
        let options = || {
            // There are many of these, so each may only take little memory.
            KeyspaceCreateOptions::default()
                .max_memtable_size(4 << 20)
                .expect_point_read_hits(true)
        };
        let _one_at_a_time = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let name = name(store, partition);
        self.db.keyspace(&name, options).map_err(damaged)
    }

    /// How far a copy has come.
    pub(crate) fn checkpoint(
        &self,
        store: &str,
        partition: Partition,
    ) -> Result<Option<Checkpoint>, Error> {
        let found = self
            .checkpoints
            .get(name(store, partition))
            .map_err(damaged)?;
        Ok(found.and_then(|bytes| Checkpoint::decode(&bytes)))
    }

    /// Writes changes of copies with their checkpoints: all or nothing.
    pub(crate) fn write(&self, writes: &[Write<'_>]) -> Result<(), Error> {
        let mut batch = self.db.batch();
        for write in writes {
            for change in write.changes {
                match &change.value {
                    Some(value) => {
                        batch.insert(write.copy, change.key.as_slice(), value.as_slice());
                    }
                    None => batch.remove(write.copy, change.key.as_slice()),
                }
            }
            let name = name(write.store, write.partition);
            batch.insert(&self.checkpoints, name.as_str(), write.checkpoint.encode());
        }
        batch.commit().map_err(damaged)
    }

    /// Empties one copy.
    pub(crate) fn wipe(&self, store: &str, partition: Partition) -> Result<(), Error> {
        // The checkpoint first: a copy without one is emptied again.
        self.checkpoints
            .remove(name(store, partition))
            .map_err(damaged)?;
        self.partition(store, partition)?.clear().map_err(damaged)
    }

    /// Empties all copies of what a group keeps.
    pub(crate) fn forget(&self, group: &str) -> Result<(), Error> {
        for guard in self.owners.iter() {
            let (store, owner) = guard.into_inner().map_err(damaged)?;
            if *owner != *group.as_bytes() {
                continue;
            }
            let prefix = format!("{}.", String::from_utf8_lossy(&store));
            for guard in self.checkpoints.prefix(&prefix) {
                let (key, _) = guard.into_inner().map_err(damaged)?;
                self.checkpoints.remove(key).map_err(damaged)?;
            }
            for name in self.db.list_keyspace_names() {
                if name.starts_with(prefix.as_str()) {
                    let copy = self.db.keyspace(&name, KeyspaceCreateOptions::default);
                    copy.and_then(|copy| copy.clear()).map_err(damaged)?;
                }
            }
            self.owners.remove(store).map_err(damaged)?;
        }
        Ok(())
    }
}

/// Changes of one copy.
pub(crate) struct Write<'a> {
    pub(crate) store: &'a str,
    pub(crate) partition: Partition,
    pub(crate) copy: &'a Keyspace,
    pub(crate) changes: &'a [StateChange],
    pub(crate) checkpoint: Checkpoint,
}

/// Refuses keys that the database cannot hold.
pub(crate) fn check(changes: &[StateChange]) -> Result<(), Error> {
    for change in changes {
        if change.key.is_empty() || change.key.len() > MAX_KEY {
            let length = change.key.len();
            return Err(Error::Refused(format!(
                "a state key has {length} bytes; 1 to {MAX_KEY} are possible"
            )));
        }
    }
    Ok(())
}

fn name(store: &str, partition: Partition) -> String {
    format!("{store}.{partition}")
}

/// What an error of the database means.
fn damaged(error: fjall::Error) -> Error {
    match error {
        fjall::Error::Io(error) => Error::Transient(format!("the local state: {error}")),
        fjall::Error::Storage(fjall::LsmError::Io(error)) => {
            Error::Transient(format!("the local state: {error}"))
        }
        fjall::Error::Poisoned => Error::Poisoned(
            "a write of the local state failed: see to the disk and start again".to_owned(),
        ),
        other => Error::Corrupt(format!("the local state: {other}")),
    }
}
