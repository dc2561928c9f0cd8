//! The embedded stores on one data directory.

use super::handle;
use crate::configuration::Configuration;
use anyhow::Context as _;
use mediamesh_embedded::objects::Directory;
use mediamesh_embedded::search_index::{self, SearchIndex};
use mediamesh_embedded::{Embedded, Health, Options};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{AppendLog, Groups, ReadLog};
use mediamesh_ports::objects::Objects;
use mediamesh_ports::registry;
use mediamesh_ports::search_index::{ReadSearch, WriteSearch};
use mediamesh_ports::state_store::ReadState;
use mediamesh_ports::view_store::{ReadViews, WriteViews};
use mediamesh_runtime::Pipeline;
use mediamesh_runtime::clock::{Clock, SystemClock};
use mediamesh_runtime::followers::ProgressFollower;
use mediamesh_runtime::sink::Parking;
use mediamesh_schemas::Codec;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the log is tidied.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);
/// How many records are looked at each time.
const HOUSEKEEPING_RECORDS: usize = 50_000;

/// Every port, on the embedded adapters.
#[derive(Clone)]
pub struct Stores {
    /// Appends to the log.
    pub append: Arc<dyn AppendLog>,
    /// Reads the log.
    pub read: Arc<dyn ReadLog>,
    /// The log, as processors take part in it.
    pub groups: Arc<dyn Groups>,
    /// Reads the state of processors.
    pub state: Arc<dyn ReadState>,
    /// Reads rows.
    pub rows: Arc<dyn ReadViews>,
    /// Writes rows.
    pub views: Arc<dyn WriteViews>,
    /// Finds documents.
    pub search: Arc<dyn ReadSearch>,
    /// Writes search documents.
    pub index: Arc<dyn WriteSearch>,
    /// Keeps what is too large for a record.
    pub objects: Arc<dyn Objects>,
    embedded: Embedded,
}

impl Stores {
    /// Opens everything under the data directory.
    ///
    /// # Errors
    /// One line that says what to change.
    pub fn open(configuration: &Configuration) -> anyhow::Result<Self> {
        let dir = &configuration.data_dir;
        let embedded = Embedded::open(dir, Options::default())?;
        if let Some(torn) = &embedded.opened().torn {
            tracing::warn!(
                ?torn,
                "the end of the log was torn by a crash and has been cut; nothing acknowledged is lost"
            );
        }
        let (search, recreated) =
            SearchIndex::open(&dir.join("search"), search_index::Options::default())?;
        for lost in recreated {
            tracing::warn!(version = %lost.version, reason = %lost.reason, "the search index was made anew; rebuild it");
        }
        let objects = Directory::open(&dir.join("objects"))
            .with_context(|| format!("the objects under {} cannot be opened", dir.display()))?;
        let (search, log) = (Arc::new(search), Arc::new(embedded.clone()));
        Ok(Self {
            append: log.clone(),
            read: log.clone(),
            groups: log.clone(),
            state: log.clone(),
            rows: log.clone(),
            views: log,
            search: search.clone(),
            index: search,
            objects: Arc::new(objects),
            embedded,
        })
    }

    /// Registers the shipped schemas; an incompatible one ends the start, naming the field.
    ///
    /// # Errors
    /// The registry's refusal.
    pub fn register_schemas(&self) -> anyhow::Result<()> {
        registry::register_all(&self.embedded)?;
        Ok(())
    }

    /// Why the log takes no writes, where it does not.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match self.embedded.health() {
            Health::Ready => None,
            Health::Poisoned(reason) => Some(reason),
        }
    }

    /// How many bytes the log, state and views take on disk.
    #[must_use]
    pub fn disk_bytes(&self) -> u64 {
        self.embedded.disk_bytes()
    }

    /// Deletes what is past its retention and compacts, a slice at a time, until `cancel` is cancelled.
    pub(super) async fn housekeeping(&self, clock: Arc<dyn Clock>, cancel: CancellationToken) {
        while cancel
            .run_until_cancelled(tokio::time::sleep(HOUSEKEEPING_EVERY))
            .await
            .is_some()
        {
            let (embedded, now) = (self.embedded.clone(), clock.now());
            let slice = move || embedded.maintain(now, HOUSEKEEPING_RECORDS);
            match tokio::task::spawn_blocking(slice).await {
                Ok(Ok(done)) => tracing::debug!(?done, "housekeeping"),
                Ok(Err(error)) => tracing::warn!(%error, "housekeeping failed and is tried again"),
                Err(error) => tracing::warn!(%error, "housekeeping was stopped"),
            }
        }
    }

    /// The stages over these stores.
    pub(super) fn pipeline(
        &self,
        codec: &Codec,
        control: &Arc<impl Control + 'static>,
        progress: &ProgressFollower,
    ) -> Pipeline {
        Pipeline {
            groups: Arc::clone(&self.groups),
            log: Arc::clone(&self.append),
            codec: codec.clone(),
            control: control.clone(),
            objects: Arc::clone(&self.objects),
            rows: Arc::clone(&self.rows),
            views: Arc::clone(&self.views),
            search: Arc::clone(&self.index),
            parking: Arc::new(Parking::default()),
            clock: Arc::new(SystemClock::default()),
            handle: handle(),
            listener: Some(progress.listener()),
        }
    }
}
