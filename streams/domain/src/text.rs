//! Text: one analyser, one query language and one ranking for every search engine.
//!
//! Everything here is a pure function of its arguments. The analyser turns a text into four layers of
//! tokens; an engine indexes those tokens as they are (split at spaces, nothing else) and runs the
//! clauses of [`Query::tiers`] as plain term, prefix, fuzzy and phrase queries. [`rank`] then orders the
//! candidates, explains them and marks the hits. Because the linguistic work is all on this side, an
//! embedded and a distributed engine give equal matches, order, highlights and explanations.
//!
//! This module must not know an engine, a store, a clock or the content model.
//!
//! # How an engine uses it
//! 1. Schema: one text field per [`IndexField::all`], split at ASCII spaces, with positions, without
//!    norms; beside them the filter and sort columns of [`SearchDocument`].
//! 2. Indexing: `document.indexed()`, then `indexed.get(field)` is the text to index under
//!    `field.name()`. The stored document is the serde form of [`SearchDocument`] (originals only).
//! 3. Searching: each [`Tier`] is a constant score; a document scores its best tier
//!    (`dis_max` of `constant_score`). Sort: score descending, then `published_at_us` descending
//!    (absent last), then `id` and `lang` ascending. Tiers with `only_if_fewer_than` run in a second
//!    query, only when the first found fewer documents than that.
//! 4. [`rank`] gets the candidates and decides; it checks each against the query again, so an engine may
//!    return too many (for example a fuzzy query that cannot fix the first letters), never too few.

mod document;
mod fields;
mod query;
mod token;

pub use document::{DocumentKind, FieldText, IndexedFields, SearchDocument};
pub use fields::{IndexField, Layer, TextField};
pub use query::{Clause, Tier, TierKind};
pub use token::{Analysis, Script, Token, Tokens};
