//! What every registry asks of a schema before it takes it, wherever it keeps its schemas.

use super::Error;
use crate::compat;
use apache_avro::Schema;

/// A schema's text as JSON, where it is an Avro schema.
///
/// # Errors
/// [`Error::NotASchema`].
pub fn read(subject: &str, schema: &str) -> Result<serde_json::Value, Error> {
    let not_a_schema = |reason: String| Error::NotASchema {
        subject: subject.to_owned(),
        reason,
    };
    let read = serde_json::from_str(schema).map_err(|error| not_a_schema(error.to_string()))?;
    Schema::parse(&read).map_err(|error| not_a_schema(error.to_string()))?;
    Ok(read)
}

/// Whether a schema is another one's text; docs and defaults count, white space does not.
#[must_use]
pub fn same(read: &serde_json::Value, text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|other| other == *read)
}

/// Whether a schema may follow all versions of a subject, which are given oldest first.
///
/// # Errors
/// [`Error::Incompatible`] with the newest version that it clashes with.
pub fn may_follow<'a>(
    subject: &str,
    schema: &str,
    versions: impl DoubleEndedIterator<Item = (i32, &'a str)>,
) -> Result<(), Error> {
    let mut newest = None;
    for (before, text) in versions.rev() {
        let newest = *newest.get_or_insert(before);
        compat::check(text, schema).map_err(|clash| Error::Incompatible {
            subject: subject.to_owned(),
            version: newest + 1,
            before,
            clash,
        })?;
    }
    Ok(())
}
