//! The schema registry: what `schemas` ships and checks, with what was registered kept in the database.

use crate::database::{Embedded, Shared};
use crate::views::write_and_wait;
use crate::writer::{When, Write};
use mediamesh_ports::event_log;
use mediamesh_ports::registry::{Error, Registry};
use mediamesh_schemas::registry::{self as schemas, Entry};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the keys of schemas start with, before the id.
const PREFIX: &[u8] = b"schema/";

/// The registry in memory.
pub(crate) struct Schemas(Mutex<schemas::Embedded>);

impl Schemas {
    /// Reads back what was registered.
    pub(crate) fn load(meta: &fjall::Keyspace) -> fjall::Result<Self> {
        let mut kept = Vec::new();
        for guard in meta.prefix(PREFIX) {
            let entry: Entry = serde_json::from_slice(&guard.value()?)
                .map_err(|error| fjall::Error::Io(std::io::Error::other(error)))?;
            kept.push(entry);
        }
        Ok(Self(Mutex::new(schemas::Embedded::new(kept))))
    }

    fn lock(&self) -> MutexGuard<'_, schemas::Embedded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes an entry down, durably.
fn keep(shared: &Shared, entry: &Entry) -> Result<(), Error> {
    let transient = |reason: String| Error::Transient(reason);
    let value = serde_json::to_vec(entry).map_err(|error| transient(error.to_string()))?;
    let write = Write {
        keyspace: shared.meta.clone(),
        key: [PREFIX, &entry.id.to_be_bytes()].concat().into(),
        value: Some(value.into()),
    };
    write_and_wait(shared, vec![write], When::Durable)
        .map_err(|error: event_log::Error| transient(error.to_string()))
}

impl Registry for Embedded {
    fn register(&self, subject: &str, schema: &str) -> Result<u32, Error> {
        let shared = &self.core.shared;
        let mut registry = shared.schemas.lock();
        let mut next = registry.clone();
        let entry = next.register(subject, schema)?.clone();
        if registry.schema(entry.id).is_none() {
            keep(shared, &entry)?;
            *registry = next;
        }
        Ok(entry.id)
    }

    fn find(&self, subject: &str, schema: &str) -> Result<Option<u32>, Error> {
        Ok(self.core.shared.schemas.lock().find(subject, schema)?)
    }

    fn schema(&self, id: u32) -> Result<String, Error> {
        let registry = self.core.shared.schemas.lock();
        let schema = registry.schema(id).map(str::to_owned);
        schema.ok_or(Error::UnknownId(id))
    }

    fn versions(&self, subject: &str) -> Result<Vec<u32>, Error> {
        Ok(self.core.shared.schemas.lock().versions(subject).to_vec())
    }
}
