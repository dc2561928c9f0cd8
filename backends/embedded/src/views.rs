//! The view store: one keyspace per version of a view.

mod rows;
mod write;

pub(crate) use write::{ViewRequest, ViewWriter, write_and_wait};

use crate::database::{Embedded, Shared};
use async_trait::async_trait;
use fjall::{Keyspace, KeyspaceCreateOptions, Readable};
use mediamesh_domain::view::{Row, RowKey, View, ViewVersion};
use mediamesh_ports::view_store::{Error, Order, Range, ReadViews};
use std::collections::HashMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

/// The open versions of views.
#[derive(Default)]
pub(crate) struct Views(RwLock<HashMap<ViewVersion, Keyspace>>);

impl Views {
    /// Finds the versions that the database has.
    pub(crate) fn load(db: &fjall::Database) -> fjall::Result<Self> {
        let mut views = HashMap::new();
        for name in db.list_keyspace_names() {
            if let Some(view) = parse_name(&name) {
                views.insert(view, db.keyspace(&name, options)?);
            }
        }
        Ok(Self(RwLock::new(views)))
    }

    /// A version of a view, where there is one.
    pub(crate) fn find(&self, view: ViewVersion) -> Option<Keyspace> {
        let views = self.0.read().unwrap_or_else(PoisonError::into_inner);
        views.get(&view).cloned()
    }

    /// A version of a view, made where there is none. Only the view writer calls this.
    fn find_or_make(&self, db: &fjall::Database, view: ViewVersion) -> fjall::Result<Keyspace> {
        if let Some(keyspace) = self.find(view) {
            return Ok(keyspace);
        }
        let keyspace = db.keyspace(&format!("view.{view}"), options)?;
        let mut views = self.0.write().unwrap_or_else(PoisonError::into_inner);
        views.insert(view, keyspace.clone());
        Ok(keyspace)
    }

    fn remove(&self, view: ViewVersion) -> Option<Keyspace> {
        let mut views = self.0.write().unwrap_or_else(PoisonError::into_inner);
        views.remove(&view)
    }
}

fn options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().max_memtable_size(16 << 20)
}

/// `view.<name>.v<version>`
fn parse_name(name: &str) -> Option<ViewVersion> {
    let (view, version) = name.strip_prefix("view.")?.rsplit_once(".v")?;
    Some(ViewVersion::new(
        View::by_name(view)?,
        version.parse().ok()?,
    ))
}

/// What an error of the database means to whoever uses a view.
pub(crate) fn unavailable(error: &fjall::Error) -> Error {
    Error::Transient(error.to_string())
}

fn broken(what: &str) -> Error {
    Error::Permanent(format!("a stored row cannot be read: {what}"))
}

impl Shared {
    /// Reads rows of a view between two stored keys, as of one commit.
    fn rows(
        &self,
        view: ViewVersion,
        (low, high): (Bound<Vec<u8>>, Bound<Vec<u8>>),
        order: Order,
        limit: usize,
    ) -> Result<Vec<(RowKey, Row)>, Error> {
        let Some(keyspace) = self.views.find(view) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let mut range = self.db.snapshot().range(&keyspace, (low, high));
        while found.len() < limit {
            let next = match order {
                Order::Ascending => range.next(),
                Order::Descending => range.next_back(),
            };
            let Some(guard) = next else { break };
            let (key, value) = guard.into_inner().map_err(|error| unavailable(&error))?;
            let (_, row) = rows::decode(&value).ok_or_else(|| broken("its value"))?;
            if let Some(row) = row {
                found.push((rows::parse_key(&key).ok_or_else(|| broken("its key"))?, row));
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl ReadViews for Embedded {
    async fn get(&self, view: ViewVersion, key: &RowKey) -> Result<Option<Row>, Error> {
        let Some(keyspace) = self.core.shared.views.find(view) else {
            return Ok(None);
        };
        let value = keyspace
            .get(rows::key(key))
            .map_err(|error| unavailable(&error))?;
        match value {
            None => Ok(None),
            Some(value) => Ok(rows::decode(&value).ok_or_else(|| broken("its value"))?.1),
        }
    }

    async fn range(&self, view: ViewVersion, range: &Range) -> Result<Vec<(Vec<u8>, Row)>, Error> {
        let prefix = rows::partition(range.table, &range.partition_key);
        let mut low = Bound::Included(prefix.clone());
        let mut high = Bound::Excluded(rows::after(&prefix));
        if let Some(after) = &range.after {
            let after = Bound::Excluded([prefix, after.clone()].concat());
            match range.order {
                Order::Ascending => low = after,
                Order::Descending => high = after,
            }
        }
        let shared = &self.core.shared;
        let found = shared.rows(view, (low, high), range.order, range.limit)?;
        Ok(found
            .into_iter()
            .map(|(key, row)| (key.clustering_key, row))
            .collect())
    }

    async fn dump(
        &self,
        view: ViewVersion,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<(RowKey, Row)>, Error> {
        let low = match after {
            None => Bound::Included(rows::FIRST.to_vec()),
            Some(key) => Bound::Excluded(rows::key(key)),
        };
        let shared = &self.core.shared;
        shared.rows(view, (low, Bound::Unbounded), Order::Ascending, limit)
    }
}
