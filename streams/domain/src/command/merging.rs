//! What makes items one, and several again.

use super::ImportOrigin;
use crate::id::{EpisodeId, ProgramId, SourceId};
use crate::lang::Localized;
use crate::model::EpisodeFields;
use serde::{Deserialize, Serialize};

/// Make one episode part of another of the same program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeEpisodes {
    /// The episode that ends: its address and its marks lead to the other.
    pub from: EpisodeId,
    /// The episode that stays.
    pub into: EpisodeId,
    /// Whether sources change the one that stays by the other's entries from now on, and no longer by its own.
    #[serde(default)]
    pub follow: bool,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Undo a merge of an episode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndoMerge {
    /// The episode that was merged into another.
    pub episode_id: EpisodeId,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Give entries that were taken for an episode to one of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SplitEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The new episode's id.
    pub new_episode_id: EpisodeId,
    /// What the source last said in the entry that goes; its marks go with it.
    pub fields: EpisodeFields,
    /// The import of that entry.
    pub origin: ImportOrigin,
    /// What the source last said in the entry that stays; absent: the fields stay as they are.
    pub kept: Option<EpisodeFields>,
    /// The import of the entry that stays, where it is known.
    pub kept_origin: Option<ImportOrigin>,
    /// Whether to make the new episode live in the same step.
    #[serde(default)]
    pub publish: bool,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Make the program part of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeProgram {
    /// The program that stays.
    pub into: ProgramId,
    /// The sources that fed it and feed the other from now on.
    #[serde(default)]
    pub sources: Vec<SourceId>,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Undo a merge of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReopenProgram {
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Note that another program is part of this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AbsorbProgram {
    /// The program that ends.
    pub from: ProgramId,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Note that another program is no longer part of this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnProgram {
    /// The program that was part of it.
    pub from: ProgramId,
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Take in an episode of a program that is part of this one: as an episode that its marks lead to, else as a
/// new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptEpisode {
    /// The id that it gets where it is new here.
    pub episode_id: EpisodeId,
    /// The episode that it stands for.
    pub from: EpisodeId,
    /// What is said of it.
    pub fields: EpisodeFields,
    /// Its last import, where it has one: what a source said stays the source's.
    pub origin: Option<ImportOrigin>,
    /// JSON pointers of the fields that an editor holds.
    #[serde(default)]
    pub held: Vec<String>,
    /// Whether to make it live in the same step.
    #[serde(default)]
    pub publish: bool,
    /// The public note of one that was withdrawn: it stays so here.
    #[serde(default)]
    pub withdrawn: Option<Localized>,
}

/// Let an episode lead to the one that stands for it in another program, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoveEpisode {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The program of the other.
    pub into_program: ProgramId,
    /// The episode that stands for it.
    pub into: EpisodeId,
    /// Why, for the history.
    pub reason: Option<String>,
}
