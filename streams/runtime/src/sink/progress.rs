//! How far a sink has come, told to everybody who stands on it: only after its flush.
//!
//! Three tell it: a row of the timeline (when had the view come how far), the view store's own mark, and a
//! record of `view.progress` in the step that commits the sink's offset.

use super::parking::parked_record;
use crate::clock::Clock;
use mediamesh_domain::parked::{HeldKey, ParkedBody};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{RowKey, RowWrite, Table, ViewProgress, ViewVersion};
use mediamesh_ports::event_log::{Error, NewRecord};
use mediamesh_ports::view_store::WriteViews;
use mediamesh_schemas::{Codec, Topic};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Hears of progress in this process at once, before `view.progress` brings it.
pub type ProgressListener = Arc<dyn Fn(ViewVersion, Partition, Seq) + Send + Sync>;

/// Tells how far sinks have come.
#[derive(Clone)]
pub struct ProgressWriter {
    views: Arc<dyn WriteViews>,
    codec: Codec,
    handle: Handle,
    clock: Arc<dyn Clock>,
    listener: Option<ProgressListener>,
}

impl ProgressWriter {
    /// Tells a view store and `view.progress`; `handle` runs the store's calls, from the thread that calls.
    #[must_use]
    pub fn new(
        views: Arc<dyn WriteViews>,
        codec: Codec,
        handle: Handle,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            views,
            codec,
            handle,
            clock,
            listener: None,
        }
    }

    /// Tells a listener in this process, too.
    #[must_use]
    pub fn with_listener(mut self, listener: ProgressListener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Notes in the store how far a view has come, and gives the records for `view.progress`.
    ///
    /// # Errors
    /// Why the store did not take it; nothing is told then.
    pub(crate) fn note(
        &self,
        view: ViewVersion,
        reached: &[(Partition, Seq)],
    ) -> Result<Vec<NewRecord>, String> {
        let at = self.clock.now();
        let rows = reached
            .iter()
            .map(|(partition, seq)| timeline_row(view, *partition, *seq, at))
            .collect();
        let records = reached
            .iter()
            .map(|(partition, seq)| self.record(view, *partition, *seq, at))
            .collect::<Result<Vec<_>, _>>()?;
        self.handle
            .block_on(async {
                self.views.apply(view, rows).await?;
                for (partition, seq) in reached {
                    self.views.set_progress(view, *partition, *seq).await?;
                }
                Ok::<(), mediamesh_ports::view_store::Error>(())
            })
            .map_err(|e| e.to_string())?;
        if let Some(listener) = &self.listener {
            for (partition, seq) in reached {
                listener(view, *partition, *seq);
            }
        }
        Ok(records)
    }

    /// The records for `view.parked` that tell what a sink holds, or holds no longer.
    ///
    /// # Errors
    /// [`Error::Corrupt`] where one does not fit its schema.
    pub(crate) fn parked(&self, keys: Vec<HeldKey>) -> Result<Vec<NewRecord>, Error> {
        let at = self.clock.now();
        let record = |held| parked_record(&self.codec, ParkedBody::Held(held), at);
        let records = keys.into_iter().map(record).collect::<Result<_, _>>();
        records.map_err(|error| Error::Corrupt(error.to_string()))
    }

    fn record(
        &self,
        view: ViewVersion,
        partition: Partition,
        seq: Seq,
        at: Timestamp,
    ) -> Result<NewRecord, String> {
        let progress = ViewProgress {
            view: view.view,
            version: view.version,
            partition,
            seq,
            at,
        };
        let value = self.codec.encode(&progress).map_err(|e| e.to_string())?;
        let key = format!("{}/{}/{partition}", view.view.as_str(), view.version);
        Ok(NewRecord {
            topic: Topic::ViewProgress,
            partition: Partition(0),
            key: key.into_bytes(),
            value: Some(value),
            headers: Vec::new(),
            timestamp: at,
        })
    }
}

/// The row that says when a view had come to a `seq` in a partition: under `<view>/<partition>`, then `seq`
/// as 8 bytes, big endian; the body is `{"at": <RFC 3339>}`.
fn timeline_row(view: ViewVersion, partition: Partition, seq: Seq, at: Timestamp) -> RowWrite {
    let key = format!("{}/{partition}", view.view.as_str());
    RowWrite {
        key: RowKey::new(Table::Timeline, key.into_bytes(), seq.0.to_be_bytes()),
        seq,
        value: Some((Vec::new(), format!(r#"{{"at":"{at}"}}"#).into_bytes())),
    }
}
