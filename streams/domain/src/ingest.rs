//! From what a source said to what a command asks: raw entries and their normalisation.
//!
//! A connector writes what it found and changes nothing of it; [`normalise`] (pure, total, idempotent) makes
//! fields of it. So a mended rule can be run again over what was once found.

mod again;
pub mod binding;
mod element;
mod extensions;
pub mod mapping;
mod normalise;
mod raw;
mod reading;
#[cfg(test)]
mod tests;
pub mod youtube;

pub use again::{FieldChange, Known, again, entry_key, marks_of};
pub use extensions::in_words;
pub use normalise::{Rejected, command_id, import_id, normalise};
pub use raw::{Element, FeedContext, RawBody, RawEntry, RawFormat};
pub(crate) use reading::{
    Found, Reading, copyright, external_id, is_picture, is_picture_at, lang_in, link_title, owned,
    parsed, parsed_text, short,
};
