//! The catalogue into rows: what is due now is written, what is no longer due is withdrawn at the new `seq`.
//!
//! An owner row remembers which rows a document wrote. It names a row before the row is written and until it
//! is withdrawn, so that no crash between two writes leaves a row that nobody remembers.

use super::{row_keys, wire};
use crate::processor::Failure;
use crate::sink::{Reading, Sink};
use futures::{StreamExt, TryStreamExt, stream};
use mediamesh_domain::catalog::{CatalogBody, CatalogRecord};
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::project::{Projection, project};
use mediamesh_domain::view::{Row, RowKey, RowWrite, ViewVersion};
use mediamesh_ports::event_log::Record;
use mediamesh_ports::view_store::{Error, ReadViews, WriteViews};
use mediamesh_schemas::Codec;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::runtime::Handle;

/// How many owner rows are read at once.
const READS: usize = 32;

/// Writes the rows of catalogue documents.
pub struct MaterialiseSink {
    view: ViewVersion,
    codec: Codec,
    rows: Arc<dyn ReadViews>,
    store: Arc<dyn WriteViews>,
    handle: Handle,
}

/// What a batch writes, in this order.
#[derive(Default)]
struct Plan {
    /// Owner rows that name what was and what will be.
    announced: Vec<RowWrite>,
    /// The rows that are due, and the withdrawals.
    rows: Vec<RowWrite>,
    /// Owner rows that name what is.
    settled: Vec<RowWrite>,
}

impl MaterialiseSink {
    /// A sink into a version of the catalogue's view.
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

    async fn apply(&self, items: &[CatalogRecord]) -> Result<(), Error> {
        let projections: Vec<(RowKey, Seq, Projection)> = newest(items)
            .into_iter()
            .filter_map(|record| {
                let mut projection = project(record);
                Some((projection.owner.take()?, record.seq, projection))
            })
            .collect();
        let plan = stream::iter(projections)
            .map(|(owner, seq, projection)| async move {
                let before = self.rows.get(self.view, &owner).await?;
                Ok::<_, Error>((owner, seq, projection, before))
            })
            .buffered(READS)
            .try_fold(
                Plan::default(),
                |mut plan, (owner, seq, projection, before)| async move {
                    plan.add(owner, seq, projection, before);
                    Ok(plan)
                },
            )
            .await?;
        for rows in [plan.announced, plan.rows, plan.settled] {
            if !rows.is_empty() {
                self.store.apply(self.view, rows).await?;
            }
        }
        Ok(())
    }
}

impl Plan {
    fn add(&mut self, owner: RowKey, seq: Seq, projection: Projection, before: Option<Row>) {
        if before.as_ref().is_some_and(|row| row.seq > seq) {
            return;
        }
        let old = before
            .and_then(|row| row_keys::decode(&row.body))
            .unwrap_or_default();
        let due: BTreeSet<RowKey> = projection.rows.iter().map(|row| row.key.clone()).collect();
        let gone: Vec<RowKey> = old.difference(&due).cloned().collect();
        let both: BTreeSet<RowKey> = old.union(&due).cloned().collect();
        if both != old || gone.is_empty() {
            self.announced.push(owner_row(&owner, seq, &both));
        }
        self.rows.extend(projection.rows);
        if !gone.is_empty() {
            self.settled.push(owner_row(&owner, seq, &due));
        }
        self.rows.extend(gone.into_iter().map(|key| RowWrite {
            key,
            seq,
            value: None,
        }));
    }
}

fn owner_row(owner: &RowKey, seq: Seq, keys: &BTreeSet<RowKey>) -> RowWrite {
    RowWrite {
        key: owner.clone(),
        seq,
        value: Some((Vec::new(), row_keys::encode(keys))),
    }
}

/// The last record of each item and lane: it says everything, so earlier ones of a batch need not be written.
pub(super) fn newest(records: &[CatalogRecord]) -> Vec<&CatalogRecord> {
    let mut last = HashMap::with_capacity(records.len());
    for (n, record) in records.iter().enumerate() {
        let about = match &record.body {
            CatalogBody::Program(document) => (document.facts.item, document.facts.lane),
            CatalogBody::Episode(document) => (document.facts.item, document.facts.lane),
            CatalogBody::Removed(removed) => (removed.item, removed.lane),
            CatalogBody::Progress(_) => continue,
        };
        last.insert(about, n);
    }
    let mut places: Vec<usize> = last.into_values().collect();
    places.sort_unstable();
    places.into_iter().map(|n| &records[n]).collect()
}

/// What a record of `catalog` says to a sink.
pub(super) fn read(codec: &Codec, record: &Record) -> Result<Reading<CatalogRecord>, Failure> {
    let document: CatalogRecord = wire::decode(codec, record)?;
    Ok(match document.body {
        CatalogBody::Progress(_) => Reading {
            item: None,
            said: Some(document.seq),
        },
        _ => Reading {
            item: Some(document),
            said: None,
        },
    })
}

/// Whether a view store's error lies in the rows or in the store.
pub(super) fn failure(error: Error) -> Failure {
    match error {
        Error::Transient(_) => Failure::Transient(error.to_string()),
        Error::Permanent(reason) => Failure::rejected("view_refused", reason),
    }
}

impl Sink for MaterialiseSink {
    type Item = CatalogRecord;

    fn view(&self) -> ViewVersion {
        self.view
    }

    fn read(&self, record: &Record) -> Result<Reading<CatalogRecord>, Failure> {
        read(&self.codec, record)
    }

    fn write(&mut self, items: &[CatalogRecord]) -> Result<(), Failure> {
        self.handle.block_on(self.apply(items)).map_err(failure)
    }

    fn flush(&mut self, _progress: &Position) -> Result<(), Failure> {
        // Readers see rows when `apply` returns.
        Ok(())
    }
}
