//! The state of processors: one keyspace per store and partition.

use crate::database::{Embedded, Shared};
use crate::read::damaged;
use fjall::{Keyspace, KeyspaceCreateOptions};
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Error;
use mediamesh_ports::state_store::{ReadState, StateRead};
use std::ops::Bound;
use std::sync::Arc;

/// One partition's state.
pub(crate) struct State(pub(crate) Keyspace);

/// Opens a partition's state, making it where there is none.
pub(crate) fn open(shared: &Shared, store: &str, partition: Partition) -> Result<Keyspace, Error> {
    if store.is_empty() || store.len() > 100 || store.contains('.') {
        return Err(Error::Refused(format!("{store:?} is not a store's name")));
    }
    // There are many of these, so each may only take little memory.
    let options = || {
        KeyspaceCreateOptions::default()
            .max_memtable_size(4 << 20)
            .expect_point_read_hits(true)
    };
    shared
        .db
        .keyspace(&format!("state.{store}.{partition}"), options)
        .map_err(|error| damaged(&error))
}

impl ReadState for Embedded {
    fn state(
        &self,
        store: &str,
        partition: Partition,
    ) -> Result<Option<Arc<dyn StateRead>>, Error> {
        let keyspace = open(&self.core.shared, store, partition)?;
        Ok(Some(Arc::new(State(keyspace))))
    }
}

impl StateRead for State {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let value = self.0.get(key).map_err(|error| damaged(&error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: &[u8],
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Error> {
        let low = if after.is_empty() || after < prefix {
            Bound::Included(prefix.to_vec())
        } else {
            Bound::Excluded(after.to_vec())
        };
        let mut found = Vec::new();
        for guard in self.0.range((low, Bound::Unbounded)).take(max) {
            let (key, value) = guard.into_inner().map_err(|error| damaged(&error))?;
            if !key.starts_with(prefix) {
                break;
            }
            found.push((key.to_vec(), value.to_vec()));
        }
        Ok(found)
    }
}
