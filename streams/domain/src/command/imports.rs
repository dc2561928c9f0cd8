//! What sources say, and where it comes from.

use crate::id::{RunId, SourceId};
use crate::model::{EpisodeFields, ProgramFields, SourcePolicies};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an imported entry stands among all fetches of its source: later fetches, then later entries, are newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FetchOrder {
    /// When its fetch was made.
    pub fetched_at: Timestamp,
    /// Its place in the fetch, from 0.
    pub index: i32,
}

/// Something that a source got wrong and the ingest put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldRepair {
    /// JSON pointer of the field.
    pub pointer: String,
    /// The stable code of the repair.
    pub code: String,
}

/// Where an imported entry comes from, and what may be done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportOrigin {
    /// The source.
    pub source_id: SourceId,
    /// The fetch.
    pub run_id: RunId,
    /// Its place among all fetches.
    pub order: FetchOrder,
    /// The source's policies as they were when it was normalised.
    pub policies: SourcePolicies,
    /// SHA-256 of the raw entry.
    #[serde(with = "serde_bytes")]
    pub raw_hash: Vec<u8>,
    /// What the ingest put right.
    #[serde(default)]
    pub repairs: Vec<FieldRepair>,
    /// Whether an entry that was taken before is normalised again: it counts though its fetch is not newer.
    #[serde(default)]
    pub renormalised: bool,
}

/// Take in what a source says of its program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportProgram {
    /// Where it comes from.
    pub origin: ImportOrigin,
    /// What the source says, normalised.
    pub fields: ProgramFields,
}

/// Take in one entry of a source. Which episode it is, the ladder decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportEpisode {
    /// Where it comes from.
    pub origin: ImportOrigin,
    /// What the source says, normalised.
    pub fields: EpisodeFields,
}
