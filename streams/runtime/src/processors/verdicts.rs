//! The verdicts into what became of each command and of each entry of a run.

use super::{materialise, wire};
use crate::processor::Failure;
use crate::sink::{Reading, Sink};
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::project;
use mediamesh_domain::verdict::Verdict;
use mediamesh_domain::view::{RowWrite, ViewVersion};
use mediamesh_ports::event_log::Record;
use mediamesh_ports::view_store::WriteViews;
use mediamesh_schemas::Codec;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Writes the rows of verdicts. Their rows are guarded by the offset, for no `seq` orders them, and nobody
/// waits for a position of this view.
pub struct VerdictsSink {
    view: ViewVersion,
    codec: Codec,
    store: Arc<dyn WriteViews>,
    handle: Handle,
}

impl VerdictsSink {
    /// A sink into a version of the verdicts' view.
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

impl Sink for VerdictsSink {
    type Item = Vec<RowWrite>;

    fn view(&self) -> ViewVersion {
        self.view
    }

    fn read(&self, record: &Record) -> Result<Reading<Vec<RowWrite>>, Failure> {
        let verdict: Verdict = wire::decode(&self.codec, record)?;
        Ok(Reading {
            item: Some(project::verdict(&verdict, Seq(record.offset.0))),
            said: None,
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
