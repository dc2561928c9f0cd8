//! A reader's query, and the tiers of clauses an engine runs for it.

use serde::{Deserialize, Serialize};

use super::fields::IndexField;

/// Why a document is a candidate, the best reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierKind {
    /// The whole query stands in the title as written.
    TitlePhrase,
    /// Every term is there as written.
    Exact,
    /// Every term is there once letter forms are folded; the last one may be a prefix.
    Folded,
    /// Every term is there by its stem.
    Stem,
    /// Every term is there, at least one of them written in the other script.
    Transliteration,
    /// Every term is there, some of them in another Latin spelling (Mohamed, Muhammad).
    Spelling,
    /// Every term is there, some of them with a typing error.
    Fuzzy,
}

/// A small boolean tree over plain whitespace-split fields; no analyser of the engine is involved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// The field has this token.
    Term {
        /// Where to look.
        field: IndexField,
        /// The token, whole.
        text: String,
    },
    /// The field has a token that starts so.
    Prefix {
        /// Where to look.
        field: IndexField,
        /// At least two characters.
        text: String,
    },
    /// The field has a token within an edit distance (Levenshtein over characters, a swap of two
    /// neighbours counts as one edit).
    Fuzzy {
        /// Where to look.
        field: IndexField,
        /// What to look for.
        text: String,
        /// 1 or 2.
        distance: u8,
        /// How many leading characters must be equal.
        prefix_len: u8,
    },
    /// The field has these tokens one after the other, without a gap.
    Phrase {
        /// Where to look.
        field: IndexField,
        /// At least two tokens.
        terms: Vec<String>,
    },
    /// Every one of these; never empty.
    All(Vec<Clause>),
    /// At least one of these; never empty.
    Any(Vec<Clause>),
}

/// One reason to be a candidate, with the constant score that all its documents get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Which reason it is.
    pub kind: TierKind,
    /// The constant score, larger is better, different in each tier of a query.
    pub score: u32,
    /// What a document must match.
    pub clause: Clause,
    /// Run this tier only when the tiers without this mark found fewer documents than this.
    pub only_if_fewer_than: Option<usize>,
}
