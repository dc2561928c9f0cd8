//! At which `seq` each item stands in the index as of the last flush.

use super::schema::{Fields, ItemKey, SEQ};
use mediamesh_domain::position::Seq;
use std::sync::Arc;
use tantivy::columnar::Column;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, TantivyError, Term,
};

/// Answers from the segments, so that no table of all items is kept in memory.
pub(super) struct Committed {
    item: Field,
    segments: Vec<Segment>,
}

struct Segment {
    reader: SegmentReader,
    items: Arc<InvertedIndexReader>,
    seqs: Option<Column<i64>>,
}

impl Committed {
    pub(super) fn new(searcher: &Searcher, fields: &Fields) -> Result<Self, TantivyError> {
        let segments = searcher.segment_readers().iter().map(|reader| {
            Ok(Segment {
                items: reader.inverted_index(fields.item)?,
                seqs: reader.fast_fields().column_opt(SEQ)?,
                reader: reader.clone(),
            })
        });
        Ok(Self {
            item: fields.item,
            segments: segments.collect::<Result<_, TantivyError>>()?,
        })
    }

    /// The `seq` an item was last written at, removed or not.
    pub(super) fn seq(&self, key: &ItemKey) -> Result<Option<Seq>, TantivyError> {
        let term = Term::from_field_bytes(self.item, key.as_bytes());
        for segment in &self.segments {
            let postings = segment
                .items
                .read_postings(&term, IndexRecordOption::Basic)?;
            let (Some(mut documents), Some(seqs)) = (postings, &segment.seqs) else {
                continue;
            };
            while documents.doc() != TERMINATED {
                if !segment.reader.is_deleted(documents.doc()) {
                    return Ok(seqs.first(documents.doc()).map(Seq));
                }
                documents.advance();
            }
        }
        Ok(None)
    }
}
