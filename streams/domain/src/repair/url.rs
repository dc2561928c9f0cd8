//! URLs of feeds and media: mended where they can be fetched, folded where they identify.

mod canonical;
mod mend;
mod prefix;
#[cfg(test)]
mod tests;

pub use canonical::{canonical_feed, canonical_media};
pub use mend::repair;

/// The longest URL that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
