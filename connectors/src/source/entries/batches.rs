//! Leaves out what the last run saw and packs the rest into batches for the log.

use std::ops::ControlFlow;
use std::sync::Arc;

use mediamesh_domain::ingest::RawEntry;
use mediamesh_ports::event_log::{NewRecord, header, partition_of};
use mediamesh_schemas::{Codec, Topic};
use tokio::sync::mpsc;

use super::{Common, Found, Seen, Work};
use crate::source::error::IngestError;
use crate::source::state::{FetchState, Mark};

/// The most records in a batch.
const MAX_RECORDS: usize = 500;
/// The most bytes in a batch, unless one record alone has more.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The largest body that stands in a record; a larger one goes to the object store.
pub(in crate::source) const MAX_BODY: usize = 256 * 1024;

/// Records to append together, and the objects that they claim.
#[derive(Debug, Default)]
pub(in crate::source) struct Batch {
    pub(in crate::source) records: Vec<NewRecord>,
    pub(in crate::source) objects: Vec<(String, Vec<u8>)>,
    /// What was seen once the records are appended.
    pub(in crate::source) marks: Vec<Mark>,
    /// How many of the records are entries.
    pub(in crate::source) entries: u64,
    bytes: usize,
}

/// Makes batches of what a document has.
pub(in crate::source) struct Batches {
    known: Arc<FetchState>,
    codec: Codec,
    sender: mpsc::Sender<Batch>,
    batch: Batch,
    taken: Taken,
    error: Option<IngestError>,
}

/// What a document had, beside the batches.
#[derive(Debug, Default)]
pub(in crate::source) struct Taken {
    /// What is as the last run saw it.
    pub(in crate::source) unchanged: Vec<Mark>,
    /// The keys of all entries.
    pub(in crate::source) keys: Vec<[u8; 16]>,
    /// How many entries were known, whatever their content.
    pub(in crate::source) familiar: u64,
    /// When the entries appeared that were not, in seconds since 1970, as far as they say.
    pub(in crate::source) times: Vec<i64>,
    /// How many of them do not say so.
    pub(in crate::source) undated: usize,
}

impl Batches {
    pub(in crate::source) fn new(
        known: Arc<FetchState>,
        codec: Codec,
        sender: mpsc::Sender<Batch>,
    ) -> Self {
        Self {
            known,
            codec,
            sender,
            batch: Batch::default(),
            taken: Taken::default(),
            error: None,
        }
    }

    /// Sends all batches of a document; gives what the document is and what was taken of it.
    pub(in crate::source) fn of(mut self, work: &Work) -> Result<(Seen, Taken), IngestError> {
        let seen = work.read(|found, common| match self.take(found, common) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        })?;
        match self.error.take() {
            Some(error) => Err(error),
            None => {
                self.send()?;
                Ok((seen, self.taken))
            }
        }
    }

    fn take(&mut self, found: Found, common: &Common<'_>) -> Result<(), IngestError> {
        let mark = found.mark;
        self.taken.note(&found, &self.known);
        if self.known.knows(&mark) {
            self.taken.unchanged.push(mark);
            return Ok(());
        }
        let is_entry = found.index >= 0;
        let claimed = (found.size > MAX_BODY).then(|| found.object());
        let mut entry = found.into_entry(common);
        let object = claimed.and_then(|name| {
            let body = serde_json::to_vec(&entry.body.take()?).ok()?;
            entry.claim = Some(name.clone());
            Some((name, body))
        });
        let record = record(&self.codec, &entry)?;
        let bytes = record.value.as_ref().map_or(0, Vec::len);
        let bytes = bytes + object.as_ref().map_or(0, |(_, body)| body.len());
        let full = self.batch.records.len() >= MAX_RECORDS;
        if full || self.batch.bytes + bytes > MAX_BYTES {
            self.send()?;
        }
        self.batch.records.push(record);
        self.batch.objects.extend(object);
        self.batch.marks.push(mark);
        self.batch.entries += u64::from(is_entry);
        self.batch.bytes += bytes;
        Ok(())
    }

    /// Waits until the last batch is taken, so that two stand in memory at most.
    fn send(&mut self) -> Result<(), IngestError> {
        let batch = std::mem::take(&mut self.batch);
        if batch.records.is_empty() {
            return Ok(());
        }
        let sent = self.sender.blocking_send(batch);
        sent.map_err(|_| IngestError::Stopped)
    }
}

impl Taken {
    fn note(&mut self, found: &Found, known: &FetchState) {
        if found.index < 0 {
            return;
        }
        let key = found.mark.key;
        self.keys.push(key);
        if known.knows_key(&key) {
            self.familiar += 1;
            return;
        }
        match found.appeared() {
            Some(at) => self.times.push(at),
            None => self.undated += 1,
        }
    }
}

/// The record of an entry, in its source's partition.
pub(in crate::source) fn record(codec: &Codec, entry: &RawEntry) -> Result<NewRecord, IngestError> {
    let key = entry.source_id.to_string().into_bytes();
    let correlation_id = entry.correlation_id.clone().unwrap_or_default();
    Ok(NewRecord {
        topic: Topic::IngestRaw,
        partition: partition_of(&key, Topic::IngestRaw.spec().partitions),
        key,
        value: Some(codec.encode(entry)?),
        headers: vec![(
            header::CORRELATION_ID.to_owned(),
            correlation_id.into_bytes(),
        )],
        timestamp: entry.fetched_at,
    })
}
