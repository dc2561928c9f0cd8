//! Which words of a document answer which terms of a query, and how well.

use super::analyse::analyse;
use super::distance::within;
use super::document::SearchDocument;
use super::fields::{Layer, TextField};
use super::query::{Query, Term, Unit};
use super::tier::{FUZZY_PREFIX, TierKind};
use super::token::{Analysis, Script, Token, Tokens};

/// How a word answers a term, the best way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Quality {
    Exact,
    Folded,
    Prefix,
    Stem,
    Transliteration,
    Spelling,
    Fuzzy(u8),
}

impl Quality {
    /// The first tier that takes a word of this quality.
    fn tier(self) -> TierKind {
        match self {
            Self::Exact => TierKind::Exact,
            Self::Folded | Self::Prefix => TierKind::Folded,
            Self::Stem => TierKind::Stem,
            Self::Transliteration => TierKind::Transliteration,
            Self::Spelling => TierKind::Spelling,
            Self::Fuzzy(_) => TierKind::Fuzzy,
        }
    }
}

/// A word that answers a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Index of the term in the query.
    pub(super) term: usize,
    pub(super) quality: Quality,
    pub(super) field: TextField,
    /// Index of the text in the document.
    pub(super) value: usize,
    pub(super) position: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// All the words of a document that answer a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hits {
    /// By value, then term, then position; one per word and term, the best.
    pub(super) hits: Vec<Hit>,
    /// The query stands in a title as written.
    pub(super) in_title: bool,
    /// The query is a title as written.
    pub(super) is_title: bool,
    /// Words of the shortest title.
    pub(super) title_words: usize,
}

impl Hits {
    /// Finds the hits in all texts of a document.
    pub(super) fn in_document(query: &Query, document: &SearchDocument) -> Self {
        let mut found = Self::default();
        for (value, text) in document.text.iter().enumerate() {
            found.add(query, value, text.field, &text.text);
        }
        found
    }

    /// Finds the hits in one text.
    pub(super) fn in_text(query: &Query, text: &str) -> Self {
        let mut found = Self::default();
        found.add(query, 0, TextField::Description, text);
        found
    }

    fn add(&mut self, query: &Query, value: usize, field: TextField, text: &str) {
        let analysis = analyse(text);
        let from = self.hits.len();
        each_hit(query, &analysis, |term, quality, token| {
            self.hits.push(Hit {
                term,
                quality,
                field,
                value,
                position: token.position,
                start: token.start,
                end: token.end,
            });
        });
        self.hits[from..].sort_unstable_by_key(|hit| (hit.term, hit.position, hit.quality));
        self.hits
            .dedup_by_key(|hit| (hit.value, hit.term, hit.position));
        if field == TextField::Title {
            self.title(query, &analysis);
        }
    }

    fn title(&mut self, query: &Query, title: &Analysis) {
        let words = title.exact.len();
        let mut stands = false;
        rows(&query.terms, Layer::Exact, &title.exact, |_, _| {
            stands = true;
        });
        self.in_title |= stands;
        self.is_title |= stands && words == query.terms.len();
        self.title_words = match self.title_words {
            0 => words,
            before => before.min(words),
        };
    }

    /// The best quality with which each term is answered.
    pub(super) fn best(&self, query: &Query) -> Vec<Option<Quality>> {
        let mut best = vec![None; query.terms.len()];
        for hit in &self.hits {
            let slot: &mut Option<Quality> = &mut best[hit.term];
            *slot = Some(slot.map_or(hit.quality, |quality| quality.min(hit.quality)));
        }
        best
    }

    /// The first tier of the query that the document is in; `None` when it does not match.
    pub(super) fn tier(&self, query: &Query) -> Option<TierKind> {
        if query.is_empty() {
            return None;
        }
        if self.in_title {
            return Some(TierKind::TitlePhrase);
        }
        let best = self.best(query);
        let worst = |asked: &dyn Fn(&Term) -> bool| {
            let terms = query
                .terms
                .iter()
                .zip(&best)
                .filter(|(term, _)| asked(term));
            terms
                .map(|(_, quality)| quality.map(Quality::tier))
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .max()
        };
        let strict = worst(&|_| true).filter(|tier| *tier <= TierKind::Folded);
        strict.or_else(|| worst(&|term| query.asks_for(term)).map(|tier| tier.max(TierKind::Stem)))
    }
}

/// Calls `hit` with (term, quality, word) for each word that answers a term, also more than once.
fn each_hit(query: &Query, analysis: &Analysis, mut hit: impl FnMut(usize, Quality, Token<'_>)) {
    for unit in &query.units {
        match *unit {
            Unit::Word(index) => {
                word_hits(&query.terms[index], analysis, |quality, token| {
                    hit(index, quality, token);
                });
            }
            Unit::Phrase { from, to } => {
                let terms = &query.terms[from..to];
                rows(terms, Layer::Exact, &analysis.exact, |nth, token| {
                    hit(from + nth, Quality::Exact, token);
                });
                rows(terms, Layer::Folded, &analysis.folded, |nth, token| {
                    hit(from + nth, Quality::Folded, token);
                });
            }
        }
    }
}

/// Calls `hit` for each word that answers a term; a word may come several times.
fn word_hits(term: &Term, analysis: &Analysis, mut hit: impl FnMut(Quality, Token<'_>)) {
    for (exact, folded) in analysis.exact.iter().zip(analysis.folded.iter()) {
        if let Some(quality) = literal_quality(term, exact.text, folded.text) {
            hit(quality, folded);
        }
    }
    if term.is_forgiving() {
        for token in analysis.stem.iter().filter(|token| token.text == term.stem) {
            hit(Quality::Stem, token);
        }
    }
    for token in analysis.translit.iter() {
        let same = |(key, beginning): (&str, bool)| {
            token.text == key || (beginning && token.text.starts_with(key))
        };
        if token.script == term.other_script() && term.cross_keys().any(same) {
            hit(Quality::Transliteration, token);
        }
        if token.script == Script::Latin && term.spelling_keys().any(|key| key == token.text) {
            hit(Quality::Spelling, token);
        }
    }
}

fn literal_quality(term: &Term, exact: &str, folded: &str) -> Option<Quality> {
    if exact == term.exact {
        Some(Quality::Exact)
    } else if folded == term.folded {
        Some(Quality::Folded)
    } else if term.is_prefix && folded.starts_with(term.folded.as_str()) {
        Some(Quality::Prefix)
    } else if term.edits() > 0 {
        within(&term.folded, folded, term.edits(), FUZZY_PREFIX).map(Quality::Fuzzy)
    } else {
        None
    }
}

/// Calls `hit` with (number of the term, token) for each row of tokens that equals the terms.
fn rows(terms: &[Term], layer: Layer, tokens: &Tokens, mut hit: impl FnMut(usize, Token<'_>)) {
    let last = tokens.len().saturating_sub(terms.len());
    if terms.is_empty() || terms.len() > tokens.len() {
        return;
    }
    for from in 0..=last {
        let row = || terms.iter().zip((from..).map_while(|at| tokens.get(at)));
        if row().all(|(term, token)| token.text == term.literal(layer)) {
            row()
                .enumerate()
                .for_each(|(nth, (_, token))| hit(nth, token));
        }
    }
}
