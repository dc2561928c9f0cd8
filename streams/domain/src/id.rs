//! Identifiers: one newtype a thing, so that an episode's id never stands where a program's is meant.
//!
//! Ids are made at the edges (UUIDv7) or derived (UUIDv5); nothing in this crate makes a random one.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! uuid_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(pub Uuid);

        impl $name {
            /// The sixteen bytes, big endian.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, uuid::Error> {
                Uuid::try_parse(s).map(Self)
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

uuid_newtype!(
    /// A program: a podcast, show, documentary or channel.
    ProgramId
);
uuid_newtype!(
    /// An episode of exactly one program.
    EpisodeId
);
uuid_newtype!(
    /// A season of a program.
    SeasonId
);
uuid_newtype!(
    /// A media file that the project keeps itself.
    AssetId
);
uuid_newtype!(
    /// A source of imported entries; UUIDv5 of its canonical address.
    SourceId
);
uuid_newtype!(
    /// One fetch of a source.
    RunId
);
uuid_newtype!(
    /// A command; UUIDv5 of principal, path and Idempotency-Key where a client gave one.
    CommandId
);
uuid_newtype!(
    /// An event; UUIDv5 of its command, its item and the item's version after it.
    EventId
);

uuid_newtype!(
    /// A person with an account.
    UserId
);
uuid_newtype!(
    /// A log-in of a person, with all tokens that came of it.
    SessionId
);
uuid_newtype!(
    /// A link that lets a person set a password, once.
    LinkId
);

/// The namespace of every name-based id of the project (UUIDv5 of the DNS name `mediamesh.invalid`).
pub const NAMESPACE: Uuid = Uuid::from_bytes([
    0x4d, 0x65, 0x64, 0x69, 0x61, 0x4d, 0x55, 0x73, 0x88, 0x8e, 0x61, 0x6d, 0x65, 0x73, 0x70, 0x63,
]);

impl CommandId {
    /// The `n`-th id that this command creates; a retry of the command derives the same ones.
    #[must_use]
    pub fn derive(self, n: u32) -> Uuid {
        Uuid::new_v5(&self.0, &n.to_be_bytes())
    }

    /// A command's id from what makes it the same command again (for example source, run and index).
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        Self(name_based("command", parts))
    }
}

impl SourceId {
    /// The id of the source at a canonical address.
    #[must_use]
    pub fn of_address(canonical: &str) -> Self {
        Self(name_based("source", &[canonical.as_bytes()]))
    }

    /// The program that this source creates where it is bound to none.
    #[must_use]
    pub fn own_program(self) -> ProgramId {
        ProgramId(name_based("program", &[self.as_bytes()]))
    }
}

/// UUIDv5 over length-prefixed parts, so that no two lists of parts give the same name.
#[must_use]
pub fn name_based(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut name = Vec::with_capacity(64);
    for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
        name.extend_from_slice(&(part.len() as u32).to_be_bytes());
        name.extend_from_slice(part);
    }
    Uuid::new_v5(&NAMESPACE, &name)
}

/// What kind of thing a catalogue item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A program.
    Program,
    /// A season of a program.
    Season,
    /// An episode of a program.
    Episode,
    /// A media file.
    Asset,
}

impl ItemKind {
    /// The kind's name as it stands in keys, paths and documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Season => "season",
            Self::Episode => "episode",
            Self::Asset => "asset",
        }
    }
}

/// A catalogue item: its kind and id. Its program is named beside it wherever it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemRef {
    /// What it is.
    pub kind: ItemKind,
    /// Its id.
    pub id: Uuid,
}

impl ItemRef {
    /// A program as an item.
    #[must_use]
    pub fn program(id: ProgramId) -> Self {
        Self {
            kind: ItemKind::Program,
            id: id.0,
        }
    }

    /// An episode as an item.
    #[must_use]
    pub fn episode(id: EpisodeId) -> Self {
        Self {
            kind: ItemKind::Episode,
            id: id.0,
        }
    }
}

impl fmt::Display for ItemRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.id)
    }
}
