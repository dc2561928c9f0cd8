//! Every port on one data directory.

use super::{CALLERS, Stores, Upkeep};
use crate::configuration::Configuration;
use anyhow::Context as _;
use async_trait::async_trait;
use mediamesh_embedded::objects::Directory;
use mediamesh_embedded::rate_limits::Buckets;
use mediamesh_embedded::search_index::{self, SearchIndex};
use mediamesh_embedded::{Embedded, Health, Options};
use mediamesh_ports::registry;
use mediamesh_runtime::clock::Clock;
use mediamesh_schemas::Codec;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the log is tidied.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How many records are looked at each time.
const TIDY_RECORDS: usize = 50_000;

/// Opens everything under the data directory and registers the shipped schemas there.
pub(super) fn open(configuration: &Configuration) -> anyhow::Result<Stores> {
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
        tracing::warn!(version = %lost.version, reason = %lost.reason, "the search index could not be read and was made anew");
    }
    let objects = Directory::open(&dir.join("objects"))
        .with_context(|| format!("the objects under {} cannot be opened", dir.display()))?;
    registry::register_all(&embedded)?;
    let (search, log) = (Arc::new(search), Arc::new(embedded.clone()));
    Ok(Stores {
        append: log.clone(),
        read: log.clone(),
        groups: log.clone(),
        state: log.clone(),
        rows: log.clone(),
        views: log,
        search: search.clone(),
        index: search,
        objects: Arc::new(objects),
        limits: Arc::new(Buckets::new(CALLERS)),
        codec: Codec::embedded(),
        node: None,
        upkeep: Arc::new(Alone(embedded)),
    })
}

/// The one process on a data directory.
struct Alone(Embedded);

#[async_trait]
impl Upkeep for Alone {
    fn trouble(&self) -> Option<String> {
        match self.0.health() {
            Health::Ready => None,
            Health::Poisoned(reason) => Some(reason),
        }
    }

    fn disk_bytes(&self) -> u64 {
        self.0.disk_bytes()
    }

    fn format(&self) -> Option<u32> {
        Some(self.0.opened().format)
    }

    /// Deletes what is past its retention and compacts, a slice at a time.
    async fn tidy(&self, clock: Arc<dyn Clock>, cancel: CancellationToken) {
        while cancel
            .run_until_cancelled(tokio::time::sleep(TIDY_EVERY))
            .await
            .is_some()
        {
            let (embedded, now) = (self.0.clone(), clock.now());
            let slice = move || embedded.maintain(now, TIDY_RECORDS);
            match tokio::task::spawn_blocking(slice).await {
                Ok(Ok(done)) => tracing::debug!(?done, "housekeeping"),
                Ok(Err(error)) => tracing::warn!(%error, "housekeeping failed and is tried again"),
                Err(error) => tracing::warn!(%error, "housekeeping was stopped"),
            }
        }
    }

    fn close(&self) {}
}
