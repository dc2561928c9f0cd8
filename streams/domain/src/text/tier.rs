//! Tiers: a query as clauses that any engine can run, from the strictest to the most forgiving.

use serde::{Deserialize, Serialize};

use super::fields::IndexField;

/// The tiers that forgive most run only when the others found fewer documents than this.
const FEW: usize = 10;
/// Leading characters that a typing error leaves alone.
pub(super) const FUZZY_PREFIX: u8 = 2;

/// Why a document is a candidate, the best reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

impl TierKind {
    /// All tiers, the best first.
    pub const ALL: [Self; 7] = [
        Self::TitlePhrase,
        Self::Exact,
        Self::Folded,
        Self::Stem,
        Self::Transliteration,
        Self::Spelling,
        Self::Fuzzy,
    ];

    /// The constant score of its documents: 700 for the best, 100 for the last.
    #[must_use]
    pub const fn score(self) -> u32 {
        (7 - self as u32) * 100
    }

    pub(super) fn only_if_fewer_than(self) -> Option<usize> {
        matches!(self, Self::Spelling | Self::Fuzzy).then_some(FEW)
    }
}
