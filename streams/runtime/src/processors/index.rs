//! The catalogue into the search index: one processor alone writes a search document.

use super::materialise;
use crate::processor::Failure;
use crate::sink::{Reading, Sink};
use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::position::Position;
use mediamesh_domain::project::{SearchUpdate, search};
use mediamesh_domain::view::ViewVersion;
use mediamesh_ports::event_log::Record;
use mediamesh_ports::search_index::{Error, SearchWrite, WriteSearch};
use mediamesh_schemas::Codec;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Writes the search documents of catalogue documents.
pub struct IndexSink {
    view: ViewVersion,
    codec: Codec,
    index: Arc<dyn WriteSearch>,
    handle: Handle,
    /// How far the index has come, once it was asked.
    reached: Option<Position>,
}

impl IndexSink {
    /// A sink into a version of the search index.
    #[must_use]
    pub fn new(
        view: ViewVersion,
        codec: Codec,
        index: Arc<dyn WriteSearch>,
        handle: Handle,
    ) -> Self {
        Self {
            view,
            codec,
            index,
            handle,
            reached: None,
        }
    }

    async fn flush_at(&mut self, progress: &Position) -> Result<(), Error> {
        // Partitions that this member has not seen yet keep what the index knows of them.
        let mut reached = match self.reached.take() {
            Some(reached) => reached,
            None => self.index.progress(self.view).await?,
        };
        for (partition, seq) in &progress.0 {
            reached.advance(*partition, *seq);
        }
        self.index.flush(self.view, &reached).await?;
        self.reached = Some(reached);
        Ok(())
    }
}

fn write(update: SearchUpdate) -> SearchWrite {
    SearchWrite {
        lane: update.lane,
        id: update.id,
        seq: update.seq,
        documents: update.documents,
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Transient(_) => Failure::Transient(error.to_string()),
        Error::Permanent(reason) => Failure::rejected("index_refused", reason),
    }
}

impl Sink for IndexSink {
    type Item = CatalogRecord;

    fn view(&self) -> ViewVersion {
        self.view
    }

    fn read(&self, record: &Record) -> Result<Reading<CatalogRecord>, Failure> {
        materialise::read(&self.codec, record)
    }

    fn write(&mut self, items: &[CatalogRecord]) -> Result<(), Failure> {
        let writes = materialise::newest(items)
            .into_iter()
            .filter_map(|record| search(record).map(write))
            .collect();
        self.handle
            .block_on(self.index.apply(self.view, writes))
            .map_err(failure)
    }

    fn flush(&mut self, progress: &Position) -> Result<(), Failure> {
        let handle = self.handle.clone();
        handle.block_on(self.flush_at(progress)).map_err(failure)
    }
}
