//! The store, and the tables that it has made.

use crate::connect::{Cluster, rows};
use crate::error::{Error, Fault};
use crate::migrate::{self, MIGRATIONS, Migration};
use crate::statements::{self, on};
use crate::tables::{self, Holds, fill};
use mediamesh_domain::view::ViewVersion;
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// The views in a keyspace. Clones share it.
#[derive(Clone)]
pub struct Views(Arc<Store>);

/// The cluster, and what is known of it.
pub(crate) struct Store {
    pub(crate) cluster: Cluster,
    /// Tables that were there when last looked; only writers look.
    known: RwLock<HashSet<String>>,
    /// Whoever makes or drops tables.
    changing: Mutex<()>,
}

impl Views {
    /// The views in the keyspace of a cluster to which these migrations (as a rule, [`MIGRATIONS`]) were applied.
    ///
    /// # Errors
    /// [`Error::Behind`] where some were not, [`Error::Changed`], [`Error::Cluster`].
    pub async fn open(cluster: Cluster, migrations: &[Migration]) -> Result<Self, Error> {
        let steps = migrate::plan(&cluster, migrations).await?;
        if !steps.is_empty() {
            let names: Vec<_> = steps.into_iter().map(|step| step.name).collect();
            return Err(Error::Behind(names.join(", ")));
        }
        Ok(Self(Arc::new(Store {
            cluster,
            known: RwLock::default(),
            changing: Mutex::default(),
        })))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0
    }
}

impl Store {
    /// The name of a table in a version of a view, with the keyspace's.
    pub(crate) fn table(&self, view: ViewVersion, holds: Holds) -> String {
        self.cluster.name(&holds.name(view))
    }

    /// Whether a statement failed because its table is not there.
    pub(crate) async fn is_missing(&self, table: &str, fault: &Fault) -> Result<bool, Fault> {
        if !matches!(fault, Fault::Invalid(_)) {
            return Ok(false);
        }
        let tables = self.cluster.tables().await?;
        Ok(!tables.iter().any(|name| self.cluster.name(name) == table))
    }

    /// Makes a table of a version where there is none.
    pub(crate) async fn make(&self, view: ViewVersion, holds: Holds) -> Result<(), Fault> {
        let name = holds.name(view);
        if self.knows(&name) {
            return Ok(());
        }
        let _changing = self.changing.lock().await;
        if self.knows(&name) {
            return Ok(());
        }
        let made = self.make_where_missing(view, holds, &name).await;
        made.map_err(Fault::of_no_row)?;
        self.known(|known| known.insert(name));
        Ok(())
    }

    async fn make_where_missing(
        &self,
        view: ViewVersion,
        holds: Holds,
        name: &str,
    ) -> Result<(), Fault> {
        if self.cluster.tables().await?.contains(name) {
            let write = match holds {
                Holds::Rows(_) => statements::WRITE,
                Holds::Progress => statements::SET_PROGRESS,
            };
            return self
                .cluster
                .await_statement(&on(&self.cluster.name(name), write))
                .await;
        }
        let template = holds.template(MIGRATIONS).unwrap_or_default();
        let drops = self.drops(view).await?;
        let keyspace = &self.cluster.settings.keyspace;
        let statement = fill(template, keyspace, Some(name), drops);
        self.cluster.change_schema(statement).await?;
        tracing::info!(table = %name, "a table of a view was made");
        Ok(())
    }

    /// Removes the tables of a version.
    pub(crate) async fn drop_tables(&self, view: ViewVersion) -> Result<(), Fault> {
        let _changing = self.changing.lock().await;
        self.known(|known| known.retain(|name| !tables::of(view).any(|gone| gone == *name)));
        let there = self.cluster.tables().await?;
        if !tables::of(view).any(|name| there.contains(&name)) {
            return Ok(());
        }
        self.note_drop(view).await?;
        for name in tables::of(view).filter(|name| there.contains(name)) {
            let statement = on(&self.cluster.name(&name), statements::DROP_TABLE);
            self.cluster.change_schema(statement).await?;
        }
        tracing::info!(%view, "the tables of a view were dropped");
        Ok(())
    }

    /// Forgets that a table is there.
    pub(crate) fn forget(&self, view: ViewVersion, holds: Holds) {
        self.known(|known| known.remove(&holds.name(view)));
    }

    fn knows(&self, name: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(name)
    }

    fn known<T>(&self, change: impl FnOnce(&mut HashSet<String>) -> T) -> T {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }

    async fn drops(&self, view: ViewVersion) -> Result<i32, Fault> {
        let statement = on(&self.cluster.name(tables::DROPS), statements::DROPS);
        let values = (view.view.as_str(), view.version);
        let found = rows::<(i32,)>(self.cluster.execute(&statement, values).await?)?;
        Ok(found.first().map_or(0, |row| row.0))
    }

    async fn note_drop(&self, view: ViewVersion) -> Result<(), Fault> {
        let drops = self.drops(view).await?.saturating_add(1);
        let statement = on(&self.cluster.name(tables::DROPS), statements::SET_DROPS);
        let values = (view.view.as_str(), view.version, drops, i64::from(drops));
        self.cluster.execute(&statement, values).await.map(drop)
    }
}
