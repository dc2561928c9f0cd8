//! What a key may do.

use std::fmt;
use std::str::FromStr;

/// Something that a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everything, keys included.
    Admin,
    /// Make and change programs and episodes.
    ContentWrite,
    /// Read drafts and histories.
    ContentReadDraft,
    /// Make, change and poll sources.
    SourcesWrite,
    /// Push entries to the sources that the key is bound to.
    IngestPush,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] = [
        Self::Admin,
        Self::ContentWrite,
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
            Self::ContentReadDraft => "content:read-draft",
            Self::SourcesWrite => "sources:write",
            Self::IngestPush => "ingest:push",
        }
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
    "there is no scope {0:?}: choose among admin, content:write, content:read-draft, sources:write, ingest:push"
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
