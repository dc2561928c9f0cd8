//! The object store: bytes by name, for what is too large for a record.

use async_trait::async_trait;

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// It cannot now; the same call may go through later.
    #[error("the object store is not available: {0}")]
    Transient(String),
    /// The name is not one: lower-case letters, digits, `-`, `_`, `.` and `/`, no empty or dotted part.
    #[error("not an object's name: {0:?}")]
    BadName(String),
}

/// Keeps bytes by name.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Writes an object whole, replacing one of the same name, and returns when it is durable.
    ///
    /// # Errors
    /// [`Error::BadName`] or [`Error::Transient`].
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Error>;

    /// The bytes of an object.
    ///
    /// # Errors
    /// [`Error::BadName`] or [`Error::Transient`].
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// [`Error::BadName`] or [`Error::Transient`].
    async fn delete(&self, name: &str) -> Result<(), Error>;

    /// The names that start with a prefix, in order, at most `limit` of them after `after`.
    ///
    /// # Errors
    /// [`Error::Transient`].
    async fn list(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<String>, Error>;
}

/// Checks an object's name: lower-case letters, digits, `-`, `_`, `.` and `/`, no empty or dotted part, parts of at
/// most 200 bytes and 512 in all. So a name is a path in every store and leads out of none.
///
/// # Errors
/// [`Error::BadName`].
pub fn check_name(name: &str) -> Result<(), Error> {
    let whole = name.len() <= 512
        && name.bytes().all(is_name_byte)
        && name
            .split('/')
            .all(|part| !part.is_empty() && part.len() <= 200 && !part.starts_with('.'));
    if whole {
        Ok(())
    } else {
        Err(Error::BadName(name.to_owned()))
    }
}

/// Whether names can start with a prefix, which may end anywhere in a name and may be empty.
#[must_use]
pub fn starts_names(prefix: &str) -> bool {
    // Any text that begins as a name does becomes one by a letter more.
    prefix.is_empty() || check_name(prefix).is_ok() || check_name(&format!("{prefix}a")).is_ok()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_./".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_may_end_anywhere_in_a_name_and_nowhere_else() {
        for prefix in ["", "a", "a/", "a/b", "a-"] {
            assert!(starts_names(prefix), "{prefix:?}");
        }
        for prefix in ["/", "../", "a//", "a/.", ".", "A", "a b", "\0"] {
            assert!(!starts_names(prefix), "{prefix:?}");
        }
    }

    #[test]
    fn a_name_has_room_and_an_end() {
        let part = "a".repeat(200);
        assert!(check_name(&part).is_ok());
        assert!(check_name(&format!("{part}a")).is_err());
        assert!(check_name(&format!("{part}/{part}/{}", "a".repeat(110))).is_ok());
        assert!(check_name(&format!("{part}/{part}/{}", "a".repeat(111))).is_err());
    }
}
