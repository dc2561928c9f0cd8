//! What the text functions promise, as sentences.

mod analysis;
mod explaining;
mod highlighting;
mod hostile;
mod indexing;
mod querying;
mod ranking;
mod samples;
mod transliteration;
