//! Tiers: a query as clauses that any engine can run, from the strictest to the most forgiving.

use serde::{Deserialize, Serialize};

use super::document::push_key;
use super::fields::{IndexField, Layer, TextField};
use super::query::{Query, Term, Unit};
use super::token::Script;

/// The tiers that forgive most run only when the others found fewer documents than this.
const FEW: usize = 10;
/// Leading characters that a typing error leaves alone.
pub(super) const FUZZY_PREFIX: u8 = 2;

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

    fn only_if_fewer_than(self) -> Option<usize> {
        matches!(self, Self::Spelling | Self::Fuzzy).then_some(FEW)
    }
}

impl Query {
    /// The query as tiers, the best first; none when it is empty.
    ///
    /// A tier that would find nothing new for this query is left out.
    #[must_use]
    pub fn tiers(&self) -> Vec<Tier> {
        TierKind::ALL
            .into_iter()
            .filter_map(|kind| {
                Some(Tier {
                    kind,
                    score: kind.score(),
                    clause: self.clause(kind)?,
                    only_if_fewer_than: kind.only_if_fewer_than(),
                })
            })
            .collect()
    }

    fn clause(&self, kind: TierKind) -> Option<Clause> {
        if self.is_empty() {
            return None;
        }
        match kind {
            TierKind::TitlePhrase => {
                let words = self.terms.iter().map(|term| term.exact.clone()).collect();
                Some(row(IndexField::new(TextField::Title, Layer::Exact), words))
            }
            TierKind::Transliteration
                if !self.terms.iter().any(|t| t.cross_keys().next().is_some()) =>
            {
                None
            }
            TierKind::Spelling
                if !self
                    .terms
                    .iter()
                    .any(|t| t.spelling_keys().next().is_some()) =>
            {
                None
            }
            TierKind::Fuzzy if !self.terms.iter().any(|t| t.edits() > 0) => None,
            _ => {
                let clauses = self.units.iter().filter_map(|unit| self.unit(*unit, kind));
                all(clauses.collect())
            }
        }
    }

    fn unit(&self, unit: Unit, kind: TierKind) -> Option<Clause> {
        let literal = if kind <= TierKind::Exact {
            Layer::Exact
        } else {
            Layer::Folded
        };
        match unit {
            Unit::Phrase { from, to } => {
                let words = self.terms[from..to]
                    .iter()
                    .map(|term| term.literal(literal).to_owned());
                let words: Vec<String> = words.collect();
                any(in_fields(literal, |field| row(field, words.clone())))
            }
            Unit::Word(index) => {
                let term = &self.terms[index];
                if kind >= TierKind::Stem && !self.asks_for(term) {
                    return None;
                }
                any(term.alternatives(kind))
            }
        }
    }
}

impl Term {
    /// The token of the exact or the folded layer.
    pub(super) fn literal(&self, layer: Layer) -> &str {
        if layer == Layer::Exact {
            &self.exact
        } else {
            &self.folded
        }
    }

    /// The ways in which a tier finds this term; each tier after the first takes in the one before.
    fn alternatives(&self, kind: TierKind) -> Vec<Clause> {
        if kind <= TierKind::Exact {
            return has(Layer::Exact, &self.exact, false);
        }
        let mut found = has(Layer::Folded, &self.folded, self.is_prefix);
        if kind >= TierKind::Stem && self.is_forgiving() {
            found.extend(has(Layer::Stem, &self.stem, false));
        }
        if kind >= TierKind::Transliteration {
            for (key, beginning) in self.cross_keys() {
                found.extend(has(
                    Layer::Translit,
                    &indexed_key(self.other_script(), key),
                    beginning,
                ));
            }
        }
        if kind >= TierKind::Spelling {
            for key in self.spelling_keys() {
                found.extend(has(
                    Layer::Translit,
                    &indexed_key(Script::Latin, key),
                    false,
                ));
            }
        }
        if kind == TierKind::Fuzzy && self.edits() > 0 {
            found.extend(in_fields(Layer::Folded, |field| Clause::Fuzzy {
                field,
                text: self.folded.clone(),
                distance: self.edits(),
                prefix_len: FUZZY_PREFIX,
            }));
        }
        found
    }
}

/// A token, or the beginning of one, in any kind of text of a layer.
fn has(layer: Layer, text: &str, beginning: bool) -> Vec<Clause> {
    in_fields(layer, |field| {
        let text = text.to_owned();
        if beginning {
            Clause::Prefix { field, text }
        } else {
            Clause::Term { field, text }
        }
    })
}

fn indexed_key(script: Script, key: &str) -> String {
    let mut text = String::with_capacity(key.len() + 2);
    push_key(script, key, &mut text);
    text
}

/// A clause for each kind of text in a layer.
fn in_fields(layer: Layer, clause: impl Fn(IndexField) -> Clause) -> Vec<Clause> {
    TextField::ALL
        .into_iter()
        .map(|field| clause(IndexField::new(field, layer)))
        .collect()
}

/// Words in a row; one word is a term.
fn row(field: IndexField, mut terms: Vec<String>) -> Clause {
    if terms.len() == 1 {
        return Clause::Term {
            field,
            text: terms.remove(0),
        };
    }
    Clause::Phrase { field, terms }
}

fn all(mut clauses: Vec<Clause>) -> Option<Clause> {
    if clauses.len() > 1 {
        Some(Clause::All(clauses))
    } else {
        clauses.pop()
    }
}

fn any(mut clauses: Vec<Clause>) -> Option<Clause> {
    if clauses.len() > 1 {
        Some(Clause::Any(clauses))
    } else {
        clauses.pop()
    }
}
