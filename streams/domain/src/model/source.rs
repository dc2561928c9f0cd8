//! Where imported entries come from, and what may be done with them.

use crate::id::ProgramId;
use serde::{Deserialize, Serialize};

/// How a source's bytes are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// Found out from the content.
    #[default]
    Auto,
    /// RSS 0.9x, 1.0 or 2.0.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    JsonFeed,
    /// YouTube's feeds or API.
    Youtube,
    /// Any JSON by a declared mapping.
    Json,
    /// A list of sources.
    Opml,
    /// Pushed by a connector of somebody else.
    Push,
}

/// What becomes of an imported entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// It waits for an editor.
    #[default]
    Review,
    /// It is live at once.
    Publish,
    /// It is saved as a draft.
    Draft,
}

/// The policies of a source: for entries not seen before and, apart, for changes to live ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SourcePolicies {
    /// For entries not seen before.
    pub new_entries: Policy,
    /// For changes to what is live.
    pub changes: Policy,
}

/// What is said of a source.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SourceFields {
    /// Its name among sources; unique.
    pub name: String,
    /// Where it is fetched; empty for sources that push.
    pub url: String,
    /// How its bytes are to be read.
    pub format: SourceFormat,
    /// What becomes of its entries.
    pub policies: SourcePolicies,
    /// The program it feeds; absent: its own, derived from its id.
    pub program_id: Option<ProgramId>,
    /// Seconds between two polls; 0: never polled.
    pub interval_s: i64,
    /// Whether it is polled at all.
    pub paused: bool,
    /// The name of the secret to sign in with, as the configuration knows it; never the secret.
    pub secret_name: Option<String>,
}
