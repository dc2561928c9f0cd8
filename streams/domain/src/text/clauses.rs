//! A query as tiers of clauses.

use super::document::push_key;
use super::fields::{IndexField, Layer, TextField};
use super::query::{Query, Term, Unit};
use super::tier::{Clause, FUZZY_PREFIX, Tier, TierKind};
use super::token::Script;

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
