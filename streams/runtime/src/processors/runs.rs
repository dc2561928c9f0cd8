//! The runs into lists and into how each source fares.
//!
//! Health is a fold over the runs of a source in the order of the log: its row's `seq` is the offset of the last
//! run taken in, so a batch that comes again is passed over.

use super::{materialise, wire};
use crate::processor::Failure;
use crate::sink::{Reading, Sink};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::project;
use mediamesh_domain::run::{IngestEvent, SourceHealth};
use mediamesh_domain::view::{Row, RowWrite, ViewVersion};
use mediamesh_ports::event_log::Record;
use mediamesh_ports::view_store::{Error, ReadViews, WriteViews};
use mediamesh_schemas::Codec;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Writes the rows of runs and of sources' health. They are guarded by the offset, as those of verdicts are.
pub struct RunsSink {
    view: ViewVersion,
    codec: Codec,
    rows: Arc<dyn ReadViews>,
    store: Arc<dyn WriteViews>,
    handle: Handle,
}

/// A run with its place in the log.
pub struct Placed {
    event: IngestEvent,
    offset: Seq,
}

impl RunsSink {
    /// A sink into a version of the runs' view.
    #[must_use]
    pub fn new(
        view: ViewVersion,
        codec: Codec,
        rows: Arc<dyn ReadViews>,
        store: Arc<dyn WriteViews>,
        handle: Handle,
    ) -> Self {
        Self {
            view,
            codec,
            rows,
            store,
            handle,
        }
    }

    async fn apply(&self, items: &[Placed]) -> Result<(), Error> {
        let mut rows = Vec::with_capacity(items.len() * 6);
        let mut sources: BTreeMap<SourceId, Vec<&Placed>> = BTreeMap::new();
        for placed in items {
            rows.extend(project::run(&placed.event, placed.offset));
            let runs = sources.entry(placed.event.source_id).or_default();
            runs.push(placed);
        }
        for (source, runs) in sources {
            let before = self
                .rows
                .get(self.view, &project::health_key(source))
                .await?;
            rows.extend(health(source, before.as_ref(), &runs));
        }
        self.store.apply(self.view, rows).await
    }
}

/// The source's health with these runs; none where all of them were taken in before.
fn health(source: SourceId, before: Option<&Row>, runs: &[&Placed]) -> Option<RowWrite> {
    let mut health: SourceHealth = before
        .and_then(|row| serde_json::from_slice(&row.body).ok())
        .unwrap_or_default();
    let is_new = |run: &&&Placed| before.is_none_or(|row| row.seq < run.offset);
    let mut last = None;
    for run in runs.iter().filter(is_new) {
        health.evolve(&run.event);
        last = Some(run.offset);
    }
    last.map(|last| project::health_row(source, last, &health))
}

impl Sink for RunsSink {
    type Item = Placed;

    fn view(&self) -> ViewVersion {
        self.view
    }

    fn read(&self, record: &Record) -> Result<Reading<Placed>, Failure> {
        let event: IngestEvent = wire::decode(&self.codec, record)?;
        let offset = Seq(record.offset.0);
        Ok(Reading {
            item: Some(Placed { event, offset }),
            said: None,
        })
    }

    fn write(&mut self, items: &[Placed]) -> Result<(), Failure> {
        self.handle
            .block_on(self.apply(items))
            .map_err(materialise::failure)
    }

    fn flush(&mut self, _progress: &Position) -> Result<(), Failure> {
        // Readers see rows when `apply` returns.
        Ok(())
    }
}
