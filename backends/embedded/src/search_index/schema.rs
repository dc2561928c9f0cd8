//! The schema of the index, and how a document is written into it.
//!
//! Tokens are the domain's: this module splits them at spaces and knows nothing of language.

use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::Seq;
use mediamesh_domain::text::{IndexField, IndexedFields, SearchDocument};
use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, Schema,
    SchemaBuilder, TextFieldIndexing, TextOptions,
};
use uuid::Uuid;

/// The columns that are read by name.
pub(super) const PUBLISHED: &str = "published_at_us";
pub(super) const DURATION: &str = "duration_s";
pub(super) const SEQ: &str = "seq";
pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";
pub(super) const KIND: &str = "kind";
pub(super) const LANG: &str = "lang";
pub(super) const CATEGORY: &str = "category";
pub(super) const TAG: &str = "tag";

/// An item in a lane: what is replaced and removed whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ItemKey([u8; 17]);

impl ItemKey {
    pub(super) fn new(lane: Lane, id: Uuid) -> Self {
        let mut key = [0; 17];
        key[0] = lane.as_str().as_bytes()[0];
        key[1..].copy_from_slice(id.as_bytes());
        Self(key)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The fields of the schema.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// [`ItemKey`]; the one field that also a removed item has.
    pub(super) item: Field,
    pub(super) lane: Field,
    pub(super) kind: Field,
    pub(super) program: Field,
    pub(super) lang: Field,
    pub(super) state: Field,
    pub(super) category: Field,
    pub(super) tag: Field,
    pub(super) explicit: Field,
    published: Field,
    duration: Field,
    seq: Field,
    id_high: Field,
    id_low: Field,
    /// The serde form of the [`SearchDocument`], as JSON.
    pub(super) document: Field,
    text: [Field; 16],
}

impl Fields {
    /// The schema and its fields.
    pub(super) fn new() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let fast = NumericOptions::default().set_fast();
        let fields = Self {
            item: schema.add_bytes_field("item", bytes_key()),
            lane: schema.add_text_field("lane", keyword()),
            kind: schema.add_text_field(KIND, keyword() | FAST),
            program: schema.add_bytes_field("program_id", bytes_key()),
            lang: schema.add_text_field(LANG, keyword() | FAST),
            state: schema.add_text_field("state", keyword()),
            category: schema.add_text_field(CATEGORY, keyword() | FAST),
            tag: schema.add_text_field(TAG, keyword() | FAST),
            explicit: schema.add_bool_field("explicit", INDEXED),
            published: schema.add_i64_field(PUBLISHED, fast.clone()),
            duration: schema.add_i64_field(DURATION, fast.clone()),
            seq: schema.add_i64_field(SEQ, fast),
            id_high: schema.add_u64_field(ID_HIGH, FAST),
            id_low: schema.add_u64_field(ID_LOW, FAST),
            document: schema.add_bytes_field("document", STORED),
            text: IndexField::all().map(|field| add_tokens(&mut schema, field)),
        };
        (schema.build(), fields)
    }

    /// The field of the schema that holds the tokens of a field of the domain.
    pub(super) fn tokens(&self, field: IndexField) -> Field {
        self.text[field.index()]
    }

    /// A document as the index takes it.
    pub(super) fn document(
        &self,
        lane: Lane,
        key: &ItemKey,
        seq: Seq,
        document: &SearchDocument,
        indexed: &IndexedFields,
    ) -> Result<TantivyDocument, serde_json::Error> {
        let mut out = self.tombstone(key, seq);
        out.add_text(self.lane, lane.as_str());
        out.add_text(self.kind, document.kind.name());
        out.add_bytes(self.program, document.program_id.as_bytes());
        out.add_text(self.lang, &document.lang);
        out.add_text(self.state, &document.state);
        for (field, values) in [
            (self.category, &document.categories),
            (self.tag, &document.tags),
        ] {
            for (n, value) in values.iter().enumerate() {
                if !values[..n].contains(value) {
                    out.add_text(field, value);
                }
            }
        }
        if let Some(explicit) = document.explicit {
            out.add_bool(self.explicit, explicit);
        }
        if let Some(published) = document.published_at_us {
            out.add_i64(self.published, published);
        }
        if let Some(duration) = document.duration_s {
            out.add_i64(self.duration, duration);
        }
        let (high, low) = document.id.as_u64_pair();
        out.add_u64(self.id_high, high);
        out.add_u64(self.id_low, low);
        out.add_bytes(self.document, &serde_json::to_vec(document)?);
        for (field, tokens) in indexed.iter() {
            out.add_text(self.tokens(field), tokens);
        }
        Ok(out)
    }

    /// What stays of an item that is no longer found: its key and the `seq` that said so. It is in no
    /// lane, so no search meets it.
    pub(super) fn tombstone(&self, key: &ItemKey, seq: Seq) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        out.add_bytes(self.item, key.as_bytes());
        out.add_i64(self.seq, seq.0);
        out
    }
}

fn bytes_key() -> BytesOptions {
    BytesOptions::default().set_indexed()
}

/// A value that is compared whole.
fn keyword() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    TextOptions::default().set_indexing_options(indexing)
}

/// Tokens split at spaces alone, with their positions where phrases are asked for. How often a token comes
/// plays no part: the domain ranks.
fn add_tokens(schema: &mut SchemaBuilder, field: IndexField) -> Field {
    let kept = match field.layer.has_phrases() {
        true => IndexRecordOption::WithFreqsAndPositions,
        false => IndexRecordOption::Basic,
    };
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_fieldnorms(false)
        .set_index_option(kept);
    let options = TextOptions::default().set_indexing_options(indexing);
    schema.add_text_field(field.name(), options)
}
