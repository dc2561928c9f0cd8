//! What is said of a season.

use super::Artwork;
use crate::lang::Localized;
use serde::{Deserialize, Serialize};

/// What is said of a season: an item of its own, so that no program embeds a list that grows.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SeasonFields {
    /// Its number in the program.
    pub number: i32,
    /// The title in each language.
    pub title: Localized,
    /// Sanitised HTML in each language.
    pub description: Localized,
    /// Pictures, the main one first.
    pub artwork: Vec<Artwork>,
}
