//! What every search index promises, as sentences.

mod filtering;
mod finding;
mod ordering;
mod writing;

pub use filtering::*;
pub use finding::*;
pub use ordering::*;
pub use writing::*;

use super::{SearchIndex, suite};
use crate::search_index::{Candidates, Filters, SearchRequest, SearchWrite, Sort};
use mediamesh_domain::catalog::Lane;
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::text::{
    Clause, DocumentKind, IndexField, Layer, SearchDocument, TextField, Tier, TierKind,
};
use mediamesh_domain::view::{View, ViewVersion};
use uuid::Uuid;

suite! { $ search_index_contract, search_index:
    nothing_is_found_before_the_flush_and_everything_after,
    progress_is_that_of_the_last_flush,
    a_flush_without_writes_moves_the_progress,
    a_newer_write_replaces_all_documents_of_its_item,
    an_older_write_changes_nothing,
    an_older_write_adds_no_language,
    a_repeated_write_changes_nothing,
    a_removed_item_is_found_no_more,
    an_older_write_does_not_bring_a_removed_item_back,
    lanes_do_not_mix,
    versions_do_not_mix_and_one_that_is_dropped_is_empty,
    a_document_comes_back_as_it_was_written,
    an_exact_title_ranks_in_the_first_tier,
    a_document_counts_once_with_its_best_tier,
    every_clause_means_what_the_domain_says,
    a_phrase_does_not_run_across_two_values,
    a_typing_error_leaves_the_first_letters_alone,
    signs_of_a_query_language_are_letters_like_others,
    forgiving_tiers_run_only_when_the_others_find_few,
    arabic_is_found_by_another_spelling_and_by_its_transliteration,
    no_tiers_find_everything,
    each_filter_leaves_out_what_it_says,
    times_and_durations_are_filtered_by_range,
    filters_hold_for_every_tier,
    facets_count_everything_found,
    a_facet_has_its_hundred_most_frequent_values,
    better_tiers_come_first_then_newer_documents,
    undated_documents_come_last_both_ways,
    equal_documents_are_ordered_by_id_and_language,
    pages_have_no_gap_and_no_double,
    a_page_past_the_end_is_empty_and_knows_the_total,
}

const VIEW: ViewVersion = ViewVersion {
    view: View::Search,
    version: 1,
};

impl SearchIndex {
    async fn apply(&self, writes: Vec<SearchWrite>) {
        let applied = self.write.apply(VIEW, writes).await;
        applied.expect("writes are taken in");
    }

    async fn flush(&self, seq: i64) {
        let progress = Position::at(Partition(0), Seq(seq));
        let flushed = self.write.flush(VIEW, &progress).await;
        flushed.expect("a flush goes through");
    }

    /// Writes documents, an item each, and flushes them.
    async fn fill(&self, documents: impl IntoIterator<Item = SearchDocument>) {
        self.apply(documents.into_iter().map(live).collect()).await;
        self.flush(1).await;
    }

    async fn search(&self, request: &SearchRequest) -> Candidates {
        let found = self.read.search(VIEW, request).await;
        found.expect("a search goes through")
    }

    /// The numbers of the documents found, in order.
    async fn found(&self, request: &SearchRequest) -> Vec<u128> {
        numbers(&self.search(request).await)
    }
}

fn numbers(found: &Candidates) -> Vec<u128> {
    let documents = found.candidates.iter();
    documents.map(|c| c.document.id.as_u128()).collect()
}

/// An English episode with a number for an id and a title.
fn episode(number: u128, title: &str) -> SearchDocument {
    let program = Uuid::from_u128(1000);
    SearchDocument::new(
        Uuid::from_u128(number),
        DocumentKind::Episode,
        program,
        "en",
    )
    .with_text(TextField::Title, title)
}

/// The same document, published so many seconds after 1970.
fn at(mut document: SearchDocument, seconds: i64) -> SearchDocument {
    document.published_at_us = Some(seconds * 1_000_000);
    document
}

/// The write of an item with one document, in lane live at `seq` 1.
fn live(document: SearchDocument) -> SearchWrite {
    SearchWrite {
        lane: Lane::Live,
        id: document.id,
        seq: Seq(1),
        documents: vec![document],
    }
}

fn removal(number: u128, seq: i64) -> SearchWrite {
    SearchWrite {
        lane: Lane::Live,
        id: Uuid::from_u128(number),
        seq: Seq(seq),
        documents: Vec::new(),
    }
}

/// Everything in lane live, newest first.
fn everything() -> SearchRequest {
    SearchRequest {
        lane: Lane::Live,
        tiers: Vec::new(),
        filters: Filters::default(),
        sort: Sort::Newest,
        offset: 0,
        limit: 1000,
        facets: Vec::new(),
    }
}

/// What tiers find, by relevance.
fn by(tiers: Vec<Tier>) -> SearchRequest {
    SearchRequest {
        tiers,
        sort: Sort::Relevance,
        ..everything()
    }
}

/// One tier with a clause.
fn tier(kind: TierKind, clause: Clause) -> Tier {
    Tier {
        kind,
        score: kind.score(),
        clause,
        only_if_fewer_than: None,
    }
}

fn matching(clause: Clause) -> SearchRequest {
    by(vec![tier(TierKind::Exact, clause)])
}

fn title(layer: Layer) -> IndexField {
    IndexField::new(TextField::Title, layer)
}

fn term(field: IndexField, text: &str) -> Clause {
    Clause::Term {
        field,
        text: text.to_owned(),
    }
}

fn prefix(field: IndexField, text: &str) -> Clause {
    Clause::Prefix {
        field,
        text: text.to_owned(),
    }
}

fn fuzzy(field: IndexField, text: &str, distance: u8) -> Clause {
    Clause::Fuzzy {
        field,
        text: text.to_owned(),
        distance,
        prefix_len: 2,
    }
}

fn phrase(field: IndexField, text: &str) -> Clause {
    Clause::Phrase {
        field,
        terms: text.split(' ').map(str::to_owned).collect(),
    }
}
