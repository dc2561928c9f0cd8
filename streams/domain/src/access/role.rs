//! What people are: a role, and the programs that it holds for.

use super::Scope;
use crate::id::ProgramId;
use serde::{Deserialize, Serialize};

/// What a person is to the deployment. The order is the wire's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything.
    Admin,
    /// Writes and publishes.
    Editor,
    /// Writes, and publishes nothing.
    Author,
    /// Has an account and no more.
    #[default]
    User,
}

impl Role {
    /// What a role may do.
    #[must_use]
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Admin => &[Scope::Admin],
            Self::Editor => &[Scope::ContentWrite, Scope::ContentReadDraft],
            Self::Author => &[Scope::ContentDraft, Scope::ContentReadDraft],
            Self::User => &[],
        }
    }
}

/// The programs that a person's content scopes hold for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Grants {
    /// All programs, new ones included.
    pub everything: bool,
    /// These programs.
    pub programs: Vec<ProgramId>,
    /// The programs of these groups, as the groups are then.
    pub groups: Vec<String>,
}

impl Grants {
    /// All programs.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            everything: true,
            ..Self::default()
        }
    }
}
