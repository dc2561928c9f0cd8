//! What a caller may do, as it is named in keys, users and problems.

use std::fmt;
use std::str::FromStr;

/// Something that a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everything, keys and users included.
    Admin,
    /// Make, change and publish programs and episodes.
    ContentWrite,
    /// Make and change drafts, and publish nothing.
    ContentDraft,
    /// Read drafts and histories.
    ContentReadDraft,
    /// Make, change and poll sources.
    SourcesWrite,
    /// Push entries to the sources that the key is bound to.
    IngestPush,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::ContentWrite,
        Self::ContentDraft,
        Self::ContentReadDraft,
        Self::SourcesWrite,
        Self::IngestPush,
    ];

    /// Its name in keys and problems.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::ContentWrite => "content:write",
            Self::ContentDraft => "content:draft",
            Self::ContentReadDraft => "content:read-draft",
            Self::SourcesWrite => "sources:write",
            Self::IngestPush => "ingest:push",
        }
    }

    /// Whether who has this scope may do what the other one names too.
    #[must_use]
    pub fn implies(self, other: Self) -> bool {
        self == other
            || self == Self::Admin
            || (self == Self::ContentWrite && other == Self::ContentDraft)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no scope {0:?}: choose among admin, content:write, content:draft, content:read-draft, sources:write, \
     ingest:push"
)]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == name)
            .ok_or_else(|| UnknownScope(name.to_owned()))
    }
}
