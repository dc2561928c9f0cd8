//! What a clause means, over the indexed tokens of one document.
//!
//! This is the reference that engines are measured against: a search over an index must find the
//! documents for which this answers yes.

use super::distance::within;
use super::document::IndexedFields;
use super::fields::IndexField;
use super::tier::Clause;

impl Clause {
    /// Whether a document with these tokens matches.
    #[must_use]
    pub fn matches(&self, indexed: &IndexedFields) -> bool {
        let tokens = |field: &IndexField| indexed.get(*field).split(' ').filter(|t| !t.is_empty());
        match self {
            Self::Term { field, text } => tokens(field).any(|token| token == text),
            Self::Prefix { field, text } => {
                tokens(field).any(|token| token.starts_with(text.as_str()))
            }
            Self::Fuzzy {
                field,
                text,
                distance,
                prefix_len,
            } => tokens(field).any(|token| within(text, token, *distance, *prefix_len).is_some()),
            Self::Phrase { field, terms } => {
                let tokens: Vec<&str> = tokens(field).collect();
                !terms.is_empty()
                    && tokens
                        .windows(terms.len())
                        .any(|row| row == terms.as_slice())
            }
            Self::All(clauses) => clauses.iter().all(|clause| clause.matches(indexed)),
            Self::Any(clauses) => clauses.iter().any(|clause| clause.matches(indexed)),
        }
    }
}
