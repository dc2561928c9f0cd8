//! The schema registry: schemas by subject and version, each with an id that the wire carries.

mod lookup;
mod plan;
#[cfg(test)]
mod tests;

pub use lookup::Lookup;
pub use plan::{Fate, Planned, apply, plan, register_all};

/// Why the registry did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot now; the same call may go through later.
    #[error("the schema registry is not available: {0}")]
    Transient(String),
    /// No schema has this id (yet): wait, another node may be newer.
    #[error("no schema has the id {0}")]
    UnknownId(u32),
    /// The schema cannot follow the versions before it.
    #[error("{subject}: version {version} cannot be read in place of version {before}: {reason}")]
    Incompatible {
        /// The subject.
        subject: String,
        /// The version that was offered.
        version: i32,
        /// The version that it clashes with.
        before: i32,
        /// Which field, and why.
        reason: String,
    },
    /// The text is not an Avro schema.
    #[error("{subject}: not an Avro schema: {reason}")]
    NotASchema {
        /// The subject.
        subject: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl From<mediamesh_schemas::registry::Error> for Error {
    fn from(error: mediamesh_schemas::registry::Error) -> Self {
        use mediamesh_schemas::registry::Error as Rule;
        match error {
            Rule::Incompatible {
                subject,
                version,
                before,
                clash,
            } => Self::Incompatible {
                subject,
                version,
                before,
                reason: clash.to_string(),
            },
            Rule::NotASchema { subject, reason } => Self::NotASchema { subject, reason },
        }
    }
}

/// Gives ids to schemas and schemas to ids. Calls block: they are made at start and once per new id.
pub trait Registry: Send + Sync {
    /// Registers a schema under a subject, or finds it there, and answers its id.
    ///
    /// # Errors
    /// [`Error::Incompatible`] naming the field, [`Error::NotASchema`], [`Error::Transient`].
    fn register(&self, subject: &str, schema: &str) -> Result<u32, Error>;

    /// The id of a schema under a subject, where it is registered; white space does not count.
    ///
    /// # Errors
    /// [`Error::NotASchema`] or [`Error::Transient`].
    fn find(&self, subject: &str, schema: &str) -> Result<Option<u32>, Error>;

    /// The text of the schema with an id.
    ///
    /// # Errors
    /// [`Error::UnknownId`] or [`Error::Transient`].
    fn schema(&self, id: u32) -> Result<String, Error>;

    /// The ids of a subject's versions, oldest first.
    ///
    /// # Errors
    /// [`Error::Transient`].
    fn versions(&self, subject: &str) -> Result<Vec<u32>, Error>;
}
