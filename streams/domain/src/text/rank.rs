//! The ranking: one order for the candidates of any engine.
//!
//! All arithmetic is on integers and time is an argument, so that equal documents have equal scores on
//! every machine. The rules, from the strongest to the weakest:
//! 1. the query is the title as written; stands in the title as written; is found literally (as
//!    written or folded); by stems; across scripts; by another spelling; with typing errors;
//! 2. relevance: in what kind of text each term was found, and how well;
//! 3. the sum of proximity of the terms, share of the title, recency and popularity;
//! 4. newest first, then id, then language.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::document::SearchDocument;
use super::fields::TextField;
use super::highlight::{ByteRange, ranges};
use super::hits::Hits;
use super::query::Query;
use super::score::ScoreParts;
use super::tier::TierKind;

/// A document in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The document.
    pub document: SearchDocument,
    /// The best tier it matches.
    pub tier: TierKind,
    /// Its score; only comparable within one query.
    pub score: u64,
    /// What the score is made of.
    pub parts: ScoreParts,
    pub(super) hits: Hits,
}

/// The hits to mark in one text of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlight {
    /// What the text is.
    pub field: TextField,
    /// Index of the text in [`SearchDocument::text`].
    pub value: usize,
    /// Where the hits are, in order, not overlapping.
    pub ranges: Vec<ByteRange>,
}

impl Ranked {
    /// The hits to mark, for each text that has any.
    #[must_use]
    pub fn highlights(&self, query: &Query) -> Vec<Highlight> {
        let texts = self.document.text.iter().enumerate();
        let highlights = texts.map(|(value, text)| Highlight {
            field: text.field,
            value,
            ranges: ranges(query, &self.hits, value),
        });
        highlights
            .filter(|highlight| !highlight.ranges.is_empty())
            .collect()
    }
}

/// Puts candidates in order, the best first.
///
/// Each candidate is checked against the query; those that do not match it are left out, whatever the
/// engine thought. The order does not depend on that of the candidates. `now_us` is the time of the
/// request in microseconds since 1970 UTC; without it age does not count.
#[must_use]
pub fn rank(query: &Query, candidates: Vec<SearchDocument>, now_us: Option<i64>) -> Vec<Ranked> {
    let ranked = candidates.into_iter().filter_map(|document| {
        let hits = Hits::in_document(query, &document);
        let tier = hits.tier(query)?;
        let parts = ScoreParts::of(query, &document, &hits, tier, now_us);
        Some(Ranked {
            document,
            tier,
            score: parts.score(),
            parts,
            hits,
        })
    });
    let mut ranked: Vec<Ranked> = ranked.collect();
    ranked.sort_by(|a, b| order(a).cmp(&order(b)));
    ranked
}

fn order(ranked: &Ranked) -> impl Ord + '_ {
    let document = &ranked.document;
    (
        Reverse(ranked.score),
        Reverse(document.published_at_us),
        document.id,
        &document.lang,
    )
}
