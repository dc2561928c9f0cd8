//! Explanations: why a document was found, in words for the desk.

use serde::{Deserialize, Serialize};

use super::analyse::analyse;
use super::fields::TextField;
use super::fold::{Folding, needed};
use super::hits::{Hit, Quality};
use super::query::{Query, Term};
use super::rank::Ranked;
use super::score::{ScoreParts, worth};
use super::tier::TierKind;

/// Why a document was found, and why it stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// The best tier the document matches.
    pub tier: TierKind,
    /// Its score.
    pub score: u64,
    /// What the score is made of.
    pub parts: ScoreParts,
    /// One entry per word of the query, in its order.
    pub terms: Vec<TermExplanation>,
}

/// How one word of the query was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TermExplanation {
    /// The word as typed.
    pub term: String,
    /// The best word that answers it, as it stands in the document.
    pub matched: Option<String>,
    /// Where that word stands.
    pub field: Option<TextField>,
    /// How the two go together.
    pub how: Match,
    /// The same in words, such as `folded: ta marbuta`.
    pub words: String,
}

/// How a word of the query and a word of a document go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Match {
    /// Written alike, but for case.
    Exact,
    /// Alike once these differences are forgiven.
    Folded {
        /// The rules without which they would differ.
        rules: Vec<Folding>,
    },
    /// The document's word starts with the query's.
    Prefix,
    /// They share a stem.
    Stem {
        /// The stem.
        stem: String,
    },
    /// One is a spelling of the other in the other script.
    Transliteration {
        /// The key they share.
        key: String,
    },
    /// They are spellings of one word in Latin letters.
    Spelling {
        /// The key they share.
        key: String,
    },
    /// They differ by typing errors.
    Fuzzy {
        /// How many.
        distance: u8,
    },
    /// The word carries no topic and was not asked for.
    LeftOut,
}

impl Match {
    /// The match in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Exact => "exact".to_owned(),
            Self::Folded { rules } if rules.is_empty() => "folded".to_owned(),
            Self::Folded { rules } => {
                let names: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
                format!("folded: {}", names.join(", "))
            }
            Self::Prefix => "prefix".to_owned(),
            Self::Stem { stem } => format!("stem: {stem}"),
            Self::Transliteration { key } => format!("transliteration: {key}"),
            Self::Spelling { key } => format!("other spelling: {key}"),
            Self::Fuzzy { distance } => format!("fuzzy: distance {distance}"),
            Self::LeftOut => "left out: carries no topic".to_owned(),
        }
    }
}

impl Ranked {
    /// Why this document was found by the query it was ranked for.
    #[must_use]
    pub fn explain(&self, query: &Query) -> Explanation {
        let terms = query.terms.iter().enumerate();
        Explanation {
            tier: self.tier,
            score: self.score,
            parts: self.parts,
            terms: terms
                .map(|(index, term)| self.explain_term(index, term))
                .collect(),
        }
    }

    fn explain_term(&self, index: usize, term: &Term) -> TermExplanation {
        let hits = self.hits.hits.iter().filter(|hit| hit.term == index);
        // the first of the best: `max_by_key` would take the last
        let best = hits.rev().max_by_key(|hit| worth(hit));
        let matched = best.and_then(|hit| {
            let text = &self.document.text.get(hit.value)?.text;
            text.get(hit.start as usize..hit.end as usize)
        });
        let how = match (best, matched) {
            (Some(hit), Some(word)) => how(term, hit, word),
            _ => Match::LeftOut,
        };
        TermExplanation {
            term: term.typed.clone(),
            matched: matched.map(str::to_owned),
            field: best.map(|hit| hit.field),
            words: how.words(),
            how,
        }
    }
}

fn how(term: &Term, hit: &Hit, word: &str) -> Match {
    match hit.quality {
        Quality::Exact => Match::Exact,
        Quality::Folded => Match::Folded {
            rules: rules(term, word),
        },
        Quality::Prefix => Match::Prefix,
        Quality::Stem => Match::Stem {
            stem: term.stem.clone(),
        },
        Quality::Transliteration => Match::Transliteration {
            key: shared_key(term, word),
        },
        Quality::Spelling => Match::Spelling {
            key: shared_key(term, word),
        },
        Quality::Fuzzy(distance) => Match::Fuzzy { distance },
    }
}

/// The folding rules between a term and the word of the document that it equals once folded.
fn rules(term: &Term, word: &str) -> Vec<Folding> {
    let analysis = analyse(word);
    let mut words = analysis.exact.iter().zip(analysis.folded.iter());
    let equal = words.find(|(_, folded)| folded.text == term.folded);
    equal.map_or_else(Vec::new, |(exact, _)| needed(&term.exact, exact.text))
}

/// The key that a term and a word of the document have in common, or the beginning of the word's that
/// is the term's.
fn shared_key(term: &Term, word: &str) -> String {
    let analysis = analyse(word);
    let shared = term
        .keys
        .iter()
        .find(|key| analysis.translit.iter().any(|token| token.text == **key));
    shared.or(term.keys.first()).cloned().unwrap_or_default()
}
