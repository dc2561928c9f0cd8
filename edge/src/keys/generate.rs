//! New keys.

use super::hash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// A key that was just made: shown once, then only its prefix and hash are kept.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneratedKey {
    /// The public half, by which it is looked up.
    pub prefix: String,
    /// The whole key as its holder sends it.
    pub key: String,
    /// SHA-256 of the secret half.
    pub secret_hash: [u8; 32],
}

impl fmt::Debug for GeneratedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeneratedKey(mm_{}.…)", self.prefix)
    }
}

/// A key of 8 random bytes for its prefix and 32 for its secret; take them from [`crate::ids::entropy`].
#[must_use]
pub fn generate(prefix: [u8; 8], secret: [u8; 32]) -> GeneratedKey {
    let prefix = format!("{:016x}", u64::from_be_bytes(prefix));
    let secret = URL_SAFE_NO_PAD.encode(secret);
    GeneratedKey {
        key: format!("mm_{prefix}.{secret}"),
        secret_hash: hash(&secret),
        prefix,
    }
}
