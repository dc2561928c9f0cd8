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

impl SourcePolicies {
    /// One policy for new entries and for changes of live ones.
    #[must_use]
    pub fn both(policy: Policy) -> Self {
        Self {
            new_entries: policy,
            changes: policy,
        }
    }
}

/// What an entry must be for a rule to hold; all that is named must be so, and something must be named.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BindingWhen {
    /// The playlist that it is in, by the id that its platform gives; it may be in several. Only some sources know:
    /// YouTube's Data API, a playlist's own address, pushed entries and JSON with a member `playlistId`.
    pub playlist: Option<String>,
    /// One of its categories: a slug, or the feed's own word where that has no slug.
    pub category: Option<String>,
    /// The number of its season.
    pub season: Option<i32>,
    /// How its title begins, in any language, whatever the case.
    pub title_prefix: Option<String>,
}

/// Where an entry goes when a rule holds; something must be named.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BindingThen {
    /// The program; absent: the source's.
    pub program_id: Option<ProgramId>,
    /// The number of the season; absent: what the entry says.
    pub season: Option<i32>,
    /// The slug of its main category; absent: what the entry says.
    pub category: Option<String>,
}

/// A rule that sends some of a source's entries to another program, season or category.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BindingRule {
    /// What the entry must be.
    pub when: BindingWhen,
    /// Where it goes.
    pub then: BindingThen,
}

impl BindingWhen {
    /// Whether it names nothing, and so would hold for every entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl BindingThen {
    /// Whether it names nothing, and so would change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is said of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SourceFields {
    /// Its name among sources; unique.
    pub name: String,
    /// Where it is fetched; empty for sources that push. The source's id stays when this changes.
    pub url: String,
    /// How its bytes are to be read.
    pub format: SourceFormat,
    /// What becomes of its entries.
    pub policies: SourcePolicies,
    /// The program it feeds; absent: its own, derived from its id.
    pub program_id: Option<ProgramId>,
    /// Seconds between two polls until it is known how often entries appear; 0: never polled.
    pub interval_s: i64,
    /// Whether it is polled at all.
    pub paused: bool,
    /// The name of the secret to sign in with, as the configuration knows it; never the secret.
    pub secret_name: Option<String>,
    /// The shortest time between two polls, in seconds; absent: the deployment's.
    pub min_interval_s: Option<i64>,
    /// The longest time between two polls, in seconds; absent: the deployment's. Equal to
    /// `min_interval_s`: always this.
    pub max_interval_s: Option<i64>,
    /// Which entries go to another program, season or category; the first rule that holds counts.
    pub rules: Vec<BindingRule>,
    /// How many pages of a paged or archived feed a run follows, the first one among them; absent: the
    /// deployment's.
    pub max_pages: Option<i32>,
    /// Whether a feed that says it is locked (`podcast:locked`) is left alone. False: its owner has
    /// agreed to the import.
    pub respect_locked: bool,
    /// Where it was fetched before, the last address last.
    pub moved_from: Vec<String>,
    /// How the members of a JSON API are read, as JSON text; for the format `json`, and for what is
    /// pushed as `json`.
    pub mapping: Option<String>,
}

impl Default for SourceFields {
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            format: SourceFormat::default(),
            policies: SourcePolicies::default(),
            program_id: None,
            interval_s: 0,
            paused: false,
            secret_name: None,
            min_interval_s: None,
            max_interval_s: None,
            rules: Vec::new(),
            max_pages: None,
            respect_locked: true,
            moved_from: Vec::new(),
            mapping: None,
        }
    }
}
