//! What is asked of an episode by itself.

use crate::id::EpisodeId;
use crate::lang::Localized;
use crate::model::EpisodeFields;
use crate::position::Version;
use serde::{Deserialize, Serialize};

/// Make an episode of the command's program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateEpisode {
    /// Its id.
    pub episode_id: EpisodeId,
    /// What is said of it.
    pub fields: EpisodeFields,
    /// Whether to make it live in the same step.
    #[serde(default)]
    pub publish: bool,
}

/// Change an episode's draft by a JSON merge patch (RFC 7396).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The patch, as JSON text over the editors' shape of [`EpisodeFields`].
    pub patch: String,
    /// Whether to make the changed draft live in the same step.
    #[serde(default)]
    pub publish: bool,
    /// Why, for the history.
    pub reason: Option<String>,
    /// The version that the patch brings back, where it does.
    pub restores: Option<Version>,
}

/// Make an episode's draft live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Take an episode from the readers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnpublishEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Keep an episode out of lists and search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArchiveEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Give fields of an episode back to its sources: what they last said applies at once where it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// JSON pointers of the fields, for example `/title` or `/title/ar`.
    #[serde(default)]
    pub pointers: Vec<String>,
}

/// Withdraw an episode for good: its address says so to whoever had it, and no source brings it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WithdrawEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The public note in each language; needed where readers have seen it.
    #[serde(default)]
    pub note: Localized,
    /// Why, for the history.
    pub reason: Option<String>,
}
