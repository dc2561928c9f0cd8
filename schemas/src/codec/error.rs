//! What can be wrong with bytes and records, and who must act.

use crate::topics::Topic;

/// Why bytes are not a record that this build can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The record has no room for a schema id.
    #[error("a record of {length} bytes cannot carry a schema id")]
    Short {
        /// How long it is.
        length: usize,
    },
    /// The record does not begin as records with a schema id do.
    #[error("the record begins with byte {found:#04x}, not with 0x00 and a schema id")]
    BadMagic {
        /// What it begins with.
        found: u8,
    },
    /// The bytes are not what their schema says.
    #[error("the record is not what schema {id} says: {reason}")]
    Malformed {
        /// The schema's id.
        id: u32,
        /// What is wrong.
        reason: String,
    },
    /// The record's schema is another topic's.
    #[error("schema {id} is {found}, which is not a record of {topic}")]
    WrongSubject {
        /// The schema's id.
        id: u32,
        /// The topic that was read.
        topic: Topic,
        /// The full name of the schema.
        found: String,
    },
    /// The registry knows no schema with this id yet.
    #[error("no schema has the id {id}; another node may be newer, it is asked for again")]
    UnknownSchemaId {
        /// The schema's id.
        id: u32,
    },
    /// The registry cannot be asked now.
    #[error("the schema registry cannot be asked for schema {id}: {reason}")]
    RegistryDown {
        /// The schema's id.
        id: u32,
        /// What it said.
        reason: String,
    },
    /// The record was written by a newer build and says what this one does not know.
    #[error("schema {id} is newer than this build: {reason}")]
    NewerRecordKind {
        /// The schema's id.
        id: u32,
        /// What is not known.
        reason: String,
    },
}

impl DecodeError {
    /// A stable code, as it stands in headers, metrics and log lines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Short { .. } => "record_short",
            Self::BadMagic { .. } => "record_bad_magic",
            Self::Malformed { .. } => "record_malformed",
            Self::WrongSubject { .. } => "record_wrong_subject",
            Self::UnknownSchemaId { .. } => "schema_id_unknown",
            Self::RegistryDown { .. } => "registry_down",
            Self::NewerRecordKind { .. } => "record_newer",
        }
    }

    /// Whether the same bytes may be readable later: pause and say so, never dead-letter.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::UnknownSchemaId { .. }
            | Self::RegistryDown { .. }
            | Self::NewerRecordKind { .. } => true,
            Self::Short { .. }
            | Self::BadMagic { .. }
            | Self::Malformed { .. }
            | Self::WrongSubject { .. } => false,
        }
    }
}

/// Why a record cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The record is not what its schema says.
    #[error("the record does not fit the schema of {topic}: {reason}")]
    Unfit {
        /// The topic.
        topic: Topic,
        /// What does not fit.
        reason: String,
    },
    /// Its elements are nested deeper than readers will follow.
    #[error("elements are nested deeper than {limit}")]
    TooDeep {
        /// How deep they may be.
        limit: usize,
    },
}

impl EncodeError {
    /// A stable code, as it stands in metrics and log lines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unfit { .. } => "record_unfit",
            Self::TooDeep { .. } => "record_too_deep",
        }
    }
}

/// Why a schema cannot be had by its id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// No schema has this id (yet).
    #[error("no schema has this id")]
    Unknown,
    /// It cannot be said now.
    #[error("{0}")]
    Down(String),
}

/// Why a codec cannot be made of some ids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdsError {
    /// A published version has no id.
    #[error("version {version} of {topic} has no schema id")]
    Missing {
        /// The topic.
        topic: Topic,
        /// The version.
        version: i32,
    },
    /// Two published versions have the same id.
    #[error("schema id {id} stands for two schemas")]
    Twice {
        /// The id.
        id: u32,
    },
}
