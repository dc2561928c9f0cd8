//! What programs and episodes have in common: an aggregate of a draft, what is live of it, and its life.
//!
//! [`Item`] is generic over the fields that people edit. The entity folders (`program`, `episode`) say what is
//! their own: rules, normalisation, join and projection.

mod aggregate;
mod entity;
mod patch;
mod slug;

pub use aggregate::{Absorbed, Before, Item, LastImport, Live, Merged, Stamp, TakenOver, Touch};
pub use entity::{Change, Checked, Entity, Fact, Release, Stage, draft_of, evolve};
pub use patch::{
    PatchError, any_within, apply, changed, is_field, is_within, overlay, patch_between, set,
    touched_by, value_at,
};
pub use slug::{id_of, of as slug_of};

use crate::lang::{Lang, Localized};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The fields of a kind of item, as people edit them.
pub trait Fields: Serialize + DeserializeOwned + Clone + PartialEq + Default {
    /// The title in each language.
    fn title(&self) -> &Localized;
    /// The language of readers who name none.
    fn default_lang(&self) -> Option<&Lang>;
    /// Takes out the texts in all but these languages.
    fn show_only(&mut self, languages: &[Lang]);
}

/// The language in which an item is shown to readers who name none.
#[must_use]
pub fn main_lang(fields: &impl Fields) -> Lang {
    let title = fields.title();
    fields
        .default_lang()
        .filter(|lang| title.get(lang).is_some())
        .or_else(|| title.0.keys().next())
        .cloned()
        .unwrap_or_else(Lang::undetermined)
}
