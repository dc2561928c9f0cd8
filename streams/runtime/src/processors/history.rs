//! The events into each item's history.

use super::{materialise, wire};
use crate::processor::Failure;
use crate::sink::{Reading, Sink};
use mediamesh_domain::event::Event;
use mediamesh_domain::position::Position;
use mediamesh_domain::project::{self, EventMeta};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{RowWrite, ViewVersion};
use mediamesh_ports::event_log::{Record, header};
use mediamesh_ports::view_store::WriteViews;
use mediamesh_schemas::Codec;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Writes the rows of events.
pub struct HistorySink {
    view: ViewVersion,
    codec: Codec,
    store: Arc<dyn WriteViews>,
    handle: Handle,
}

impl HistorySink {
    /// A sink into a version of the history.
    #[must_use]
    pub fn new(
        view: ViewVersion,
        codec: Codec,
        store: Arc<dyn WriteViews>,
        handle: Handle,
    ) -> Self {
        Self {
            view,
            codec,
            store,
            handle,
        }
    }
}

impl Sink for HistorySink {
    type Item = Vec<RowWrite>;

    fn view(&self) -> ViewVersion {
        self.view
    }

    fn read(&self, record: &Record) -> Result<Reading<Vec<RowWrite>>, Failure> {
        let event: Event = wire::decode(&self.codec, record)?;
        let appended_at = record.header(header::APPENDED_AT);
        let meta = EventMeta {
            appended_at: appended_at.and_then(|text| Timestamp::parse(text).ok()),
        };
        Ok(Reading {
            item: Some(project::history(&event, meta)),
            said: Some(event.seq),
        })
    }

    fn write(&mut self, items: &[Vec<RowWrite>]) -> Result<(), Failure> {
        self.handle
            .block_on(self.store.apply(self.view, items.concat()))
            .map_err(materialise::failure)
    }

    fn flush(&mut self, _progress: &Position) -> Result<(), Failure> {
        // Readers see rows when `apply` returns.
        Ok(())
    }
}
