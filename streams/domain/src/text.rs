//! Text: one analyser, one query language and one ranking for every search engine.
//!
//! Everything here is a pure function of its arguments. The analyser turns a text into four layers of
//! tokens; an engine indexes those tokens as they are (split at spaces, nothing else) and runs the
//! clauses of [`Query::tiers`] as plain term, prefix, fuzzy and phrase queries. [`rank()`] then orders the
//! candidates, explains them and marks the hits. Because the linguistic work is all on this side, an
//! embedded and a distributed engine give equal matches, order, highlights and explanations.
//!
//! This module must not know an engine, a store, a clock or the content model.
//!
//! # How an engine uses it
//! 1. Schema: one text field per [`IndexField::all`], split at ASCII spaces, without norms, with positions
//!    where [`Layer::has_phrases`] says so; beside them the filter and sort columns of [`SearchDocument`].
//! 2. Indexing: [`SearchDocument::indexed`], then [`IndexedFields::get`] is the text to index under
//!    [`IndexField::name`]. The stored document is the serde form of [`SearchDocument`] (originals only).
//! 3. Searching: each [`Tier`] of [`Query::tiers`] is a constant score; a document scores its best tier
//!    (`dis_max` of `constant_score`). Sort: score descending, then `published_at_us` descending (absent
//!    last), then `id` and `lang` ascending. Tiers with `only_if_fewer_than` run in a second query, only
//!    when the first found fewer documents than that. Fuzzy clauses expand to all near terms (in
//!    Elasticsearch `"rewrite": "constant_score"`), else engines differ.
//! 4. [`rank()`] gets the stored documents of the candidates and decides; it checks each against the query
//!    again, so an engine may return too many (a fuzzy query that cannot fix the first letters), never
//!    too few: those for which [`Clause::matches`] answers yes.
//!
//! # How a reader's side uses it
//! [`Query::parse`], an engine, [`rank()`] (one analysis of its texts per candidate: some 200 are
//! plenty), then for each shown hit [`Ranked::highlights`], [`marked`], [`snippet()`] and, for the desk,
//! [`Ranked::explain`].

mod analyse;
mod analysed;
mod arabic;
mod clauses;
mod distance;
mod document;
mod evaluate;
mod explain;
mod fields;
mod fold;
mod highlight;
mod hits;
mod normalise;
mod query;
mod rank;
mod score;
mod snippet;
mod stem;
mod stop_words;
mod tier;
mod token;
mod translit;
mod words;

pub use analyse::analyse;
pub use analysed::Analysed;
pub use document::{DocumentKind, FieldText, IndexedFields, SearchDocument};
pub use explain::{Explanation, Match, TermExplanation};
pub use fields::{IndexField, Layer, TextField};
pub use fold::Folding;
pub use highlight::{ByteRange, highlight, marked};
pub use query::Query;
pub use rank::{Highlight, Ranked, rank};
pub use score::ScoreParts;
pub use snippet::{Snippet, snippet};
pub use tier::{Clause, Tier, TierKind};
pub use token::{Analysis, Script, Token, Tokens};

#[cfg(test)]
mod tests;
