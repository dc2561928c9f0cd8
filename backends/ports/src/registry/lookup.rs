//! The way from a codec to the registry.

use super::{Error, Registry};
use mediamesh_schemas::{LookupError, SchemaLookup};
use std::sync::Arc;

/// Gives a codec the schemas that a registry has and this build does not ship.
///
/// A codec asks once a new id, from the thread that decodes, and waits for the answer. An unknown id and a
/// registry that is away are told apart, and both are transient to who decodes: pause, and ask again.
#[derive(Clone)]
pub struct Lookup(pub Arc<dyn Registry>);

impl SchemaLookup for Lookup {
    fn schema(&self, id: u32) -> Result<String, LookupError> {
        self.0.schema(id).map_err(|error| match error {
            Error::UnknownId(_) => LookupError::Unknown,
            other => LookupError::Down(other.to_string()),
        })
    }
}
