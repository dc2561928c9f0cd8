//! What is asked of a program by itself.

use crate::lang::Localized;
use crate::model::ProgramFields;
use crate::position::Version;
use serde::{Deserialize, Serialize};

/// Make a program with the id that the command names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateProgram {
    /// What is said of it.
    pub fields: ProgramFields,
    /// Whether to make it live in the same step.
    #[serde(default)]
    pub publish: bool,
}

/// Change a program's draft by a JSON merge patch (RFC 7396).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateProgram {
    /// The patch, as JSON text over the editors' shape of [`ProgramFields`].
    pub patch: String,
    /// Whether to make the changed draft live in the same step.
    #[serde(default)]
    pub publish: bool,
    /// Why, for the history.
    pub reason: Option<String>,
    /// The version that the patch brings back, where it does.
    pub restores: Option<Version>,
}

/// Make a program's draft live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishProgram {
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Take a program from the readers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnpublishProgram {
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Keep a program out of lists and search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArchiveProgram {
    /// Why, for the history.
    pub reason: Option<String>,
}

/// Give fields of a program back to its sources: what they last said applies at once where it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseProgram {
    /// JSON pointers of the fields, for example `/title` or `/title/ar`.
    #[serde(default)]
    pub pointers: Vec<String>,
}

/// Withdraw a program for good, and with it what readers see of its episodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WithdrawProgram {
    /// The public note in each language; needed where readers have seen it.
    #[serde(default)]
    pub note: Localized,
    /// Why, for the history.
    pub reason: Option<String>,
}
