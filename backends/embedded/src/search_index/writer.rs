//! Takes writes in and commits them. Everything here blocks.

use super::Options;
use super::committed::Committed;
use super::payload;
use super::schema::{Fields, ItemKey};
use mediamesh_domain::position::{Position, Seq};
use mediamesh_domain::text::Analysed;
use mediamesh_ports::search_index::{Error, SearchWrite};
use std::collections::HashMap;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexWriter, TantivyError, Term};

/// Segments of one size that are merged into one.
const SEGMENTS_TO_MERGE: usize = 8;
/// The share of deleted documents from which a segment is written anew.
const DELETED_SHARE: f32 = 0.3;

/// The writing side of a version.
pub(super) struct Writer {
    index: Index,
    fields: Fields,
    options: Options,
    /// Opened with the first write: it has threads and memory of its own.
    writer: Option<IndexWriter>,
    /// The items taken in since the last flush.
    pending: HashMap<ItemKey, Seq>,
    analysed: Analysed,
    /// Something that was taken in since the last flush is lost: the next flush must say so.
    lost: bool,
    /// There may be a commit that readers do not see; also one that failed may be on disk.
    pub(super) is_ahead: bool,
}

impl Writer {
    pub(super) fn new(index: Index, fields: Fields, options: &Options) -> Self {
        Self {
            index,
            fields,
            options: options.clone(),
            writer: None,
            pending: HashMap::new(),
            analysed: Analysed::default(),
            lost: false,
            is_ahead: false,
        }
    }

    /// Takes writes in.
    pub(super) fn apply(
        &mut self,
        committed: &Committed,
        writes: &[SearchWrite],
    ) -> Result<(), Error> {
        for write in writes {
            if let Err(error) = self.write(committed, write) {
                self.lose();
                return Err(transient(&error));
            }
        }
        Ok(())
    }

    fn write(&mut self, committed: &Committed, write: &SearchWrite) -> Result<(), TantivyError> {
        let key = ItemKey::new(write.lane, write.id);
        let indexed = match self.pending.get(&key) {
            Some(seq) => Some(*seq),
            None => committed.seq(&key)?,
        };
        if indexed.is_some_and(|seq| seq >= write.seq) {
            return Ok(());
        }
        let item = self.fields.item;
        let mut documents = Vec::with_capacity(write.documents.len().max(1));
        for document in &write.documents {
            let indexed = self.analysed.of(document);
            let fields = &self.fields;
            let document = fields.document(write.lane, &key, write.seq, document, indexed);
            documents.push(document.map_err(|e| TantivyError::InternalError(e.to_string()))?);
        }
        if documents.is_empty() {
            documents.push(self.fields.tombstone(&key, write.seq));
        }
        let writer = self.writer()?;
        if indexed.is_some() {
            writer.delete_term(Term::from_field_bytes(item, key.as_bytes()));
        }
        for document in documents {
            writer.add_document(document)?;
        }
        self.pending.insert(key, write.seq);
        Ok(())
    }

    /// Makes everything taken in durable, together with the progress.
    pub(super) fn commit(&mut self, progress: &Position) -> Result<(), Error> {
        if std::mem::take(&mut self.lost) {
            self.discard();
            let lost = "what was applied since the last flush is lost";
            return Err(Error::Transient(lost.to_owned()));
        }
        self.is_ahead = true;
        self.try_commit(progress).map_err(|error| {
            self.discard();
            transient(&error)
        })?;
        self.pending.clear();
        Ok(())
    }

    fn try_commit(&mut self, progress: &Position) -> Result<(), TantivyError> {
        let payload = payload::write(progress);
        let payload = payload.map_err(|e| TantivyError::InternalError(e.to_string()))?;
        let mut commit = self.writer()?.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }

    /// Notes that something was lost since the last flush, and lets go of the rest.
    pub(super) fn lose(&mut self) {
        self.discard();
        self.lost = true;
    }

    /// Forgets what was taken in since the last flush.
    fn discard(&mut self) {
        self.writer = None;
        self.pending.clear();
    }

    /// Ends the writer's threads and waits for merges under way.
    pub(super) fn close(&mut self) {
        self.pending.clear();
        let ended = self.writer.take().map(IndexWriter::wait_merging_threads);
        if let Some(Err(error)) = ended {
            tracing::warn!(error = %error, "a merge of the search index failed");
        }
    }

    fn writer(&mut self) -> Result<&mut IndexWriter, TantivyError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.open()?,
        };
        Ok(self.writer.insert(writer))
    }

    fn open(&self) -> Result<IndexWriter, TantivyError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(self.options.threads)
            .memory_budget_per_thread(self.options.memory_bytes / self.options.threads.max(1))
            .num_merge_threads(1)
            .build();
        let writer = self.index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(SEGMENTS_TO_MERGE);
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }
}

pub(super) fn transient(error: &TantivyError) -> Error {
    Error::Transient(error.to_string())
}
