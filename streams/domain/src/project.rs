//! From documents to what readers query: rows of views, in the JSON bytes that are served, and search documents.
//!
//! Live documents are rendered once per published language, so that a read by id is one look-up and no
//! serialisation. Draft documents are rendered once, with all languages, as editors see them.

mod lists;
mod public;
mod records;
mod runs;
#[cfg(test)]
mod tests;

pub(crate) use lists::row as list_row;
pub use lists::{ListMeta, newest_first};
pub use public::{
    ArtworkView, CategoryView, EnclosureView, EpisodeView, ProgramRef, ProgramView, RichText, dir,
};
pub(crate) use public::{artwork, categories, enclosures, one_artwork, rich};
pub use records::{
    EventMeta, RunEntry, entry_tally, history, matches_key, run_entry_key, tally_key, tally_row,
    verdict,
};
pub use runs::{RunScope, health_key, health_row, report_key, run, runs_key};

use crate::catalog::{CatalogBody, CatalogRecord, ItemFacts, Lane, RemovedDocument, Status};
use crate::id::{ItemKind, ItemRef, ProgramId};
use crate::lang::Lang;
use crate::position::Seq;
use crate::text::SearchDocument;
use crate::view::{RowKey, RowMeta, RowWrite, Table, Window};
use crate::{episode, program};
use serde::Serialize;
use uuid::Uuid;

/// What an item's search documents are now: all its languages in a lane, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchUpdate {
    /// The lane.
    pub lane: Lane,
    /// The item's id.
    pub id: Uuid,
    /// The `seq` of the catalogue document.
    pub seq: Seq,
    /// Its documents, one a language; empty: it is no longer found.
    pub documents: Vec<SearchDocument>,
}

/// What one catalogue record means to the views.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projection {
    /// Under which key the document's row keys are remembered; none for progress records.
    pub owner: Option<RowKey>,
    /// The rows that are due now; rows remembered and not among these are withdrawn.
    pub rows: Vec<RowWrite>,
}

/// The rows of a catalogue record.
#[must_use]
pub fn project(record: &CatalogRecord) -> Projection {
    let seq = record.seq;
    match &record.body {
        CatalogBody::Program(document) => Projection {
            owner: Some(owner(&document.facts.item, document.facts.lane)),
            rows: program::project::rows(seq, document),
        },
        CatalogBody::Episode(document) => Projection {
            owner: Some(owner(&document.facts.item, document.facts.lane)),
            rows: episode::project::rows(seq, document),
        },
        CatalogBody::Removed(removed) => Projection {
            owner: Some(owner(&removed.item, removed.lane)),
            rows: gone_row(seq, removed).into_iter().collect(),
        },
        CatalogBody::Progress(_) => Projection::default(),
    }
}

/// The search documents of a catalogue record; none for progress records.
#[must_use]
pub fn search(record: &CatalogRecord) -> Option<SearchUpdate> {
    let seq = record.seq;
    let (lane, id, documents) = match &record.body {
        CatalogBody::Program(document) => (
            document.facts.lane,
            document.facts.item.id,
            program::project::search(seq, document),
        ),
        CatalogBody::Episode(document) => (
            document.facts.lane,
            document.facts.item.id,
            episode::project::search(seq, document),
        ),
        CatalogBody::Removed(removed) => (removed.lane, removed.item.id, Vec::new()),
        CatalogBody::Progress(_) => return None,
    };
    Some(SearchUpdate {
        lane,
        id,
        seq,
        documents,
    })
}

/// Where the rows of an item are remembered.
fn owner(item: &ItemRef, lane: Lane) -> RowKey {
    RowKey::new(Table::RowKeys, format!("{lane}/{item}"), Vec::new())
}

/// Whether an item stands in lists and is found: merged ones are not, archived ones by editors alone.
pub(crate) fn is_listed(facts: &ItemFacts) -> bool {
    facts.merged_into.is_none() && (facts.lane == Lane::Draft || facts.status == Status::Published)
}

/// The row of an item that leads to another, or that was withdrawn.
fn gone_row(seq: Seq, removed: &RemovedDocument) -> Option<RowWrite> {
    let meta = RowMeta {
        version: removed.version.0,
        merged_into: removed.merged_into,
        withdrawn: removed.withdrawn.clone(),
        ..RowMeta::default()
    };
    let says_something = meta.merged_into.is_some() || meta.withdrawn.is_some();
    says_something.then(|| RowWrite {
        key: document_key(removed.lane, removed.item.kind, removed.item.id, ""),
        seq,
        value: Some((json(&meta), Vec::new())),
    })
}

/// The partition key of an item's documents in a lane.
#[must_use]
pub fn document_key(lane: Lane, kind: ItemKind, id: Uuid, lang: &str) -> RowKey {
    RowKey::new(
        Table::Documents,
        format!("{lane}/{}/{id}", kind.as_str()),
        lang,
    )
}

/// The partition key of a lane's programs.
#[must_use]
pub fn programs_key(lane: Lane) -> Vec<u8> {
    lane.as_str().as_bytes().to_vec()
}

/// The partition key of a program's episodes in a lane.
#[must_use]
pub fn episodes_key(lane: Lane, program: ProgramId) -> Vec<u8> {
    format!("{lane}/{program}").into_bytes()
}

/// The partition key of the programs of lane `draft` that stand so in their life.
#[must_use]
pub fn programs_in_key(status: Status) -> Vec<u8> {
    format!("{}/{}", Lane::Draft, status.as_str()).into_bytes()
}

/// The partition key of a program's episodes of lane `draft` that stand so in their life.
#[must_use]
pub fn episodes_in_key(program: ProgramId, status: Status) -> Vec<u8> {
    format!("{}/{program}/{}", Lane::Draft, status.as_str()).into_bytes()
}

/// The partition key of the episodes of all programs, of lane `draft`, that stand so in their life.
#[must_use]
pub fn all_episodes_in_key(status: Status) -> Vec<u8> {
    programs_in_key(status)
}

/// The same row of a list in another list.
pub(crate) fn also_in(row: &RowWrite, partition_key: Vec<u8>) -> RowWrite {
    let mut also = row.clone();
    also.key.partition_key = partition_key;
    also
}

/// The partition key of an item's history.
#[must_use]
pub fn history_key(item: ItemRef) -> Vec<u8> {
    item.to_string().into_bytes()
}

/// The document row of one language; the main language's stands under the empty clustering key.
pub(crate) fn document_row<T: Serialize>(
    seq: Seq,
    facts: &ItemFacts,
    lang: &Lang,
    main: &Lang,
    (strict, window): (bool, Window),
    view: &T,
) -> RowWrite {
    let meta = RowMeta {
        version: facts.version.0,
        lang: lang.as_str().to_owned(),
        languages: facts
            .languages
            .iter()
            .map(|l| l.as_str().to_owned())
            .collect(),
        strict,
        slug: facts.slug.clone(),
        window,
        merged_into: None,
        withdrawn: None,
    };
    let clustering = if lang == main { "" } else { lang.as_str() };
    RowWrite {
        key: document_key(facts.lane, facts.item.kind, facts.item.id, clustering),
        seq,
        value: Some((json(&meta), json(view))),
    }
}

/// JSON bytes of a value that is always JSON: structs of strings, numbers, lists and maps with string keys.
fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
