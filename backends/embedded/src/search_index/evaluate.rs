//! What a clause means in one segment: the set of its documents.
//!
//! The tiers of a query ask for the same words again and again, so each word is looked up once and its
//! documents are kept as bits; the tree above is then a few word-wise operations. Scores play no part.

use super::bits::Bits;
use super::fuzzy::Near;
use super::schema::Fields;
use mediamesh_domain::text::{Clause, IndexField};
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use tantivy::postings::TermInfo;
use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, TantivyError, Term,
};
use tantivy_fst::Automaton;

/// A word in a field, as a clause asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Word<'q> {
    Whole(IndexField, &'q str),
    Beginning(IndexField, &'q str),
    Near(IndexField, &'q str, u8, u8),
}

/// Evaluates the clauses of one query in one segment.
pub(super) struct Evaluator<'q> {
    searcher: &'q Searcher,
    segment: &'q SegmentReader,
    fields: &'q Fields,
    words: HashMap<Word<'q>, Rc<Bits>>,
}

impl<'q> Evaluator<'q> {
    pub(super) fn new(
        searcher: &'q Searcher,
        segment: &'q SegmentReader,
        fields: &'q Fields,
    ) -> Self {
        Self {
            searcher,
            segment,
            fields,
            words: HashMap::new(),
        }
    }

    /// The documents that match a clause, deleted ones among them.
    pub(super) fn clause(&mut self, clause: &'q Clause) -> Result<Rc<Bits>, TantivyError> {
        match clause {
            Clause::Term { field, text } => self.word(Word::Whole(*field, text)),
            Clause::Prefix { field, text } => self.word(Word::Beginning(*field, text)),
            Clause::Fuzzy {
                field,
                text,
                distance,
                prefix_len,
            } => self.word(Word::Near(*field, text, *distance, *prefix_len)),
            Clause::Phrase { field, terms } => match terms.as_slice() {
                [] => Ok(Rc::new(self.none())),
                [one] => self.word(Word::Whole(*field, one)),
                terms => self.phrase(*field, terms).map(Rc::new),
            },
            Clause::All(clauses) => self.all(clauses),
            Clause::Any(clauses) => self.any(clauses),
        }
    }

    fn none(&self) -> Bits {
        Bits::none(self.segment.max_doc())
    }

    fn all(&mut self, clauses: &'q [Clause]) -> Result<Rc<Bits>, TantivyError> {
        let Some((first, rest)) = clauses.split_first() else {
            return Ok(Rc::new(self.none()));
        };
        let mut found = (*self.clause(first)?).clone();
        for clause in rest {
            if found.is_empty() {
                break;
            }
            found.intersect(&*self.clause(clause)?);
        }
        Ok(Rc::new(found))
    }

    fn any(&mut self, clauses: &'q [Clause]) -> Result<Rc<Bits>, TantivyError> {
        let mut found = self.none();
        for clause in clauses {
            found.union(&*self.clause(clause)?);
        }
        Ok(Rc::new(found))
    }

    fn word(&mut self, word: Word<'q>) -> Result<Rc<Bits>, TantivyError> {
        if let Some(found) = self.words.get(&word) {
            return Ok(Rc::clone(found));
        }
        let mut found = self.none();
        match word {
            Word::Whole(field, text) => {
                let field = self.fields.tokens(field);
                collect_term(
                    self.segment,
                    &Term::from_field_text(field, text),
                    &mut found,
                )?;
            }
            Word::Beginning(field, text) => {
                let index = self.segment.inverted_index(self.fields.tokens(field))?;
                collect_range(&index, text.as_bytes(), &mut found)?;
            }
            Word::Near(field, text, distance, prefix_len) => {
                let index = self.segment.inverted_index(self.fields.tokens(field))?;
                collect_near(&index, Near::new(text, distance, prefix_len), &mut found)?;
            }
        }
        let found = Rc::new(found);
        self.words.insert(word, Rc::clone(&found));
        Ok(found)
    }

    fn phrase(&self, field: IndexField, terms: &[String]) -> Result<Bits, TantivyError> {
        let field: Field = self.fields.tokens(field);
        let terms = terms.iter().map(|text| Term::from_field_text(field, text));
        let query = PhraseQuery::new(terms.collect());
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let mut found = self.none();
        let mut documents = weight.scorer(self.segment, 1.0)?;
        let mut document = documents.doc();
        while document != TERMINATED {
            found.insert(document);
            document = documents.advance();
        }
        Ok(found)
    }
}

/// Adds the documents that have a term.
pub(super) fn collect_term(
    segment: &SegmentReader,
    term: &Term,
    found: &mut Bits,
) -> Result<(), TantivyError> {
    let index = segment.inverted_index(term.field())?;
    if let Some(info) = index.get_term_info(term)? {
        collect_postings(&index, &info, found)?;
    }
    Ok(())
}

/// Adds the documents that have a term that starts with `prefix`.
fn collect_range(index: &InvertedIndexReader, prefix: &[u8], found: &mut Bits) -> io::Result<()> {
    let mut range = index.terms().range().ge(prefix);
    if let Some(after) = after_all(prefix) {
        range = range.lt(after);
    }
    let mut terms = range.into_stream()?;
    while terms.advance() {
        collect_postings(index, terms.value(), found)?;
    }
    Ok(())
}

/// Adds the documents that have a term near to another.
fn collect_near(index: &InvertedIndexReader, near: Near, found: &mut Bits) -> io::Result<()> {
    let prefix = near.prefix().to_vec();
    debug_assert!(near.can_match(&near.start()));
    let mut range = index.terms().search(near).ge(&prefix);
    if let Some(after) = after_all(&prefix) {
        range = range.lt(after);
    }
    let mut terms = range.into_stream()?;
    while terms.advance() {
        collect_postings(index, terms.value(), found)?;
    }
    Ok(())
}

fn collect_postings(
    index: &InvertedIndexReader,
    term: &TermInfo,
    found: &mut Bits,
) -> io::Result<()> {
    let mut blocks = index.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    while !blocks.docs().is_empty() {
        found.extend(blocks.docs());
        blocks.advance();
    }
    Ok(())
}

/// The least bytes greater than all that start with `prefix`; UTF-8 has no byte 255.
fn after_all(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut after = prefix.to_vec();
    let last = after.last_mut()?;
    *last = last.checked_add(1)?;
    Some(after)
}
