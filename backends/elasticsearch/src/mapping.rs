//! The mapping of an index: what a document's fields are, and nothing that is not named.
//!
//! Fields of tokens are split at spaces as the domain joined them, with positions where phrases are asked for.
//! `_source` keeps the stored parts alone: the document as it was written, heads and the progress; tokens are
//! derived from them.

use crate::settings::Settings;
use mediamesh_domain::text::IndexField;
use serde_json::{Map, Value, json};

/// The form of the index: its fields and how they are filled. Another form is another version of the view.
pub(crate) const FORMAT: u64 = 1;
/// How deep Elasticsearch pages by itself.
pub(crate) const WINDOW: usize = 10_000;

/// The columns and the stored parts.
pub(crate) const LANE: &str = "lane";
pub(crate) const KIND: &str = "kind";
pub(crate) const ID: &str = "id";
pub(crate) const PROGRAM: &str = "program_id";
pub(crate) const LANG: &str = "lang";
pub(crate) const STATE: &str = "state";
pub(crate) const CATEGORY: &str = "category";
pub(crate) const TAG: &str = "tag";
pub(crate) const EXPLICIT: &str = "explicit";
pub(crate) const PUBLISHED: &str = "published_at_us";
pub(crate) const DURATION: &str = "duration_s";
pub(crate) const DOCUMENT: &str = "document";
pub(crate) const HEAD: &str = "head";
pub(crate) const PROGRESS: &str = "progress";

/// What an index is made with: readers see what is written only after a refresh that a flush asks for.
pub(crate) fn index(settings: &Settings, alias: &str) -> Value {
    json!({
        "aliases": { alias: {} },
        "settings": {
            "number_of_shards": settings.shards,
            "number_of_replicas": settings.replicas,
            "refresh_interval": -1,
            "max_result_window": WINDOW,
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": { "format": FORMAT },
            "_source": { "includes": [DOCUMENT, HEAD, PROGRESS] },
            "properties": properties(),
        },
    })
}

fn properties() -> Map<String, Value> {
    let keyword = json!({ "type": "keyword" });
    let long = json!({ "type": "long" });
    // Compared whole, and neither sorted by nor counted.
    let key = json!({ "type": "keyword", "doc_values": false });
    // Kept as it comes and looked into by nobody.
    let stored = json!({ "type": "object", "enabled": false });
    let columns = [
        (LANE, &key),
        (KIND, &keyword),
        (ID, &keyword),
        (PROGRAM, &key),
        (LANG, &keyword),
        (STATE, &key),
        (CATEGORY, &keyword),
        (TAG, &keyword),
        (EXPLICIT, &json!({ "type": "boolean", "doc_values": false })),
        (PUBLISHED, &long),
        (DURATION, &long),
        (DOCUMENT, &stored),
        (HEAD, &stored),
        (PROGRESS, &stored),
    ];
    let columns = columns.map(|(name, kind)| (name.to_owned(), kind.clone()));
    let texts = IndexField::all().map(|field| (field.name().to_owned(), tokens(field)));
    columns.into_iter().chain(texts).collect()
}

fn tokens(field: IndexField) -> Value {
    let kept = if field.layer.has_phrases() {
        "positions"
    } else {
        "docs"
    };
    json!({
        "type": "text",
        "analyzer": "whitespace",
        "norms": false,
        "index_options": kept,
    })
}
