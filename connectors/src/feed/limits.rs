//! What one document may cost.

use std::time::Duration;

/// The limits of one document; [`Limits::default`] is what a deployment starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest document, in bytes as they came.
    pub max_bytes: usize,
    /// How deep elements may be nested.
    pub max_depth: usize,
    /// How many attributes, declarations of namespaces among them, one element may have.
    pub max_attributes: usize,
    /// How many declarations of namespaces may be in force at once.
    pub max_namespaces: usize,
    /// The longest text of one element or attribute, in bytes.
    pub max_text_bytes: usize,
    /// How many elements one item, or the channel without its items, may have: they stand in
    /// memory together.
    pub max_record_elements: usize,
    /// The time for reading all of it; it is looked at now and then, not by a timer.
    pub max_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 15 * 1024 * 1024,
            max_depth: 256,
            max_attributes: 256,
            max_namespaces: 256,
            max_text_bytes: 4 * 1024 * 1024,
            max_record_elements: 20_000,
            max_time: Duration::from_secs(20),
        }
    }
}

/// How deep the elements of a record are kept as elements; what is nested deeper becomes text.
///
/// Deeper than anything that feeds use, and well within what a record of the log can hold.
pub(super) const KEPT_DEPTH: usize = 32;
