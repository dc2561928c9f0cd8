//! Whether a schema may follow another: records of both must be readable by builds of both.
//!
//! Stricter than Avro's own rules, as records are read by the writer's schema straight into structs: a type
//! never changes (Avro would widen it), kinds of a union and symbols of an enum keep their place and go
//! nowhere. New kinds and symbols come at the end; an older build that meets one pauses. Schemas are walked
//! with their named types followed, because the library compares a type's definition with another's mention as
//! if they were two types, and does not name the field.

mod folder;
#[cfg(test)]
mod tests;
mod walk;

use apache_avro::Schema;
pub use folder::{Finding, Report, check_folder};
pub(crate) use walk::is_recursive;

/// Where and why a schema cannot follow another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct Incompatibility {
    /// The field, for example `Event.body.ProgramCreated.slug`.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Whether `new` may follow `old`.
///
/// # Errors
/// [`Incompatibility`] naming the first field where it may not; its path is empty where a text is no schema.
pub fn check(old: &str, new: &str) -> Result<(), Incompatibility> {
    let parse = |text: &str, which: &str| {
        Schema::parse_str(text).map_err(|error| Incompatibility {
            path: String::new(),
            reason: format!("the {which} text is not an Avro schema: {error}"),
        })
    };
    walk::compare(&parse(old, "old")?, &parse(new, "new")?)
}
