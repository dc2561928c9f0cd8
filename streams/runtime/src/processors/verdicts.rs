//! The verdicts into what became of each command and of each entry of a run, and how many entries ended how.
//!
//! The numbers of a run are one row per partition of verdicts: this sink is its only writer. The row keeps a note
//! of each entry and is counted from them, so that a verdict that comes again, or a second one after a redrive,
//! counts once.

use super::{materialise, wire};
use crate::processor::Failure;
use crate::sink::{Reading, Sink};
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::project;
use mediamesh_domain::run::{EntryTally, RunTally};
use mediamesh_domain::verdict::Verdict;
use mediamesh_domain::view::{Row, RowKey, RowWrite, ViewVersion};
use mediamesh_ports::event_log::Record;
use mediamesh_ports::view_store::{Error, ReadViews, WriteViews};
use mediamesh_schemas::Codec;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Writes the rows of verdicts. Their rows are guarded by the offset, for no `seq` orders them, and nobody
/// waits for a position of this view.
pub struct VerdictsSink {
    view: ViewVersion,
    codec: Codec,
    rows: Arc<dyn ReadViews>,
    store: Arc<dyn WriteViews>,
    handle: Handle,
}

impl VerdictsSink {
    /// A sink into a version of the verdicts' view.
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
}

/// What a verdict writes.
pub struct Told {
    rows: Vec<RowWrite>,
    entry: Option<Noted>,
}

/// The note of an entry, and where it stands.
struct Noted {
    key: RowKey,
    index: i32,
    entry: EntryTally,
}

impl VerdictsSink {
    async fn apply(&self, items: &[Told]) -> Result<(), Error> {
        let mut rows: Vec<RowWrite> = items.iter().flat_map(|told| told.rows.clone()).collect();
        let mut noted: BTreeMap<&RowKey, Vec<&Noted>> = BTreeMap::new();
        for entry in items.iter().filter_map(|told| told.entry.as_ref()) {
            noted.entry(&entry.key).or_default().push(entry);
        }
        for (key, entries) in noted {
            let before = self.rows.get(self.view, key).await?;
            rows.push(tallied(key, before.as_ref(), &entries));
        }
        self.store.apply(self.view, rows).await
    }
}

/// The notes with these entries. A note that is there already changes nothing, so a batch may be repeated.
fn tallied(key: &RowKey, before: Option<&Row>, entries: &[&Noted]) -> RowWrite {
    let mut tally = before
        .and_then(|row| RunTally::read(&row.body))
        .unwrap_or_default();
    let mut last = before.map_or(Seq::default(), |row| row.seq);
    for noted in entries {
        last = last.max(Seq(noted.entry.offset));
        tally.note(noted.index, noted.entry.clone());
    }
    project::tally_row(key.clone(), last, &tally)
}

impl Sink for VerdictsSink {
    type Item = Told;

    fn view(&self) -> ViewVersion {
        self.view
    }

    fn read(&self, record: &Record) -> Result<Reading<Told>, Failure> {
        let verdict: Verdict = wire::decode(&self.codec, record)?;
        let entry = project::entry_tally(&verdict, record.offset.0);
        let entry = entry.map(|(run, index, entry)| Noted {
            key: project::tally_key(run, record.partition),
            index,
            entry,
        });
        let rows = project::verdict(&verdict, Seq(record.offset.0));
        Ok(Reading {
            item: Some(Told { rows, entry }),
            said: None,
        })
    }

    fn write(&mut self, items: &[Told]) -> Result<(), Failure> {
        self.handle
            .block_on(self.apply(items))
            .map_err(materialise::failure)
    }

    fn flush(&mut self, _progress: &Position) -> Result<(), Failure> {
        // Readers see rows when `apply` returns.
        Ok(())
    }
}
