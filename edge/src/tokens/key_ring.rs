//! The keys of a deployment: one signs, all verify.

use super::{REFRESH_S, crypto};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{DecodingKey, EncodingKey};
use mediamesh_domain::time::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

/// How long a new key is published before it signs, in seconds: longer than any process or cache takes to hear of it.
pub const SETTLE_S: i64 = 300;
/// How long a key is kept after its successor signs, in seconds: a day longer than anything that it sealed lives.
const KEPT_S: i64 = REFRESH_S + 86_400;

/// A key of the deployment.
#[derive(Clone)]
pub struct SigningKey {
    /// Its id: it sorts by the time at which it was made.
    pub id: Uuid,
    /// When it begins to sign.
    pub starts_at: Timestamp,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

/// A key as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    id: Uuid,
    starts_at: Timestamp,
    pkcs8: String,
}

/// A key that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no signing key of ours")]
pub struct Unreadable;

/// The keys that verify, by id.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(BTreeMap<Uuid, SigningKey>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, …)", self.id)
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn generate(id: Uuid, starts_at: Timestamp) -> Result<Self, Unreadable> {
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| Unreadable)?;
        Self::new(id, starts_at, pkcs8.as_ref().to_vec())
    }

    fn new(id: Uuid, starts_at: Timestamp, pkcs8: Vec<u8>) -> Result<Self, Unreadable> {
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| Unreadable)?;
        Ok(Self {
            id,
            starts_at,
            public: pair.public_key().as_ref().to_vec(),
            pkcs8,
        })
    }

    /// The key as it is kept: a secret.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let kept = Kept {
            id: self.id,
            starts_at: self.starts_at,
            pkcs8: URL_SAFE_NO_PAD.encode(&self.pkcs8),
        };
        serde_json::to_vec(&kept).unwrap_or_default()
    }

    /// The key that was kept.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let kept: Kept = serde_json::from_slice(bytes).map_err(|_| Unreadable)?;
        let pkcs8 = URL_SAFE_NO_PAD.decode(kept.pkcs8).map_err(|_| Unreadable)?;
        Self::new(kept.id, kept.starts_at, pkcs8)
    }

    pub(super) fn encoding(&self) -> EncodingKey {
        EncodingKey::from_ed_der(&self.pkcs8)
    }

    pub(super) fn decoding(&self) -> DecodingKey {
        DecodingKey::from_ed_der(&self.public)
    }

    /// A MAC by a key that follows from this one and is used for nothing else.
    pub(super) fn seal(&self, parts: &[&[u8]]) -> [u8; 32] {
        let own = mac(&self.pkcs8, &[b"mediamesh seal v1"]);
        mac(&own, parts)
    }
}

/// HMAC-SHA-256 over parts with their lengths, so that no two lists of parts are one text.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl KeyRing {
    /// A ring of these keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = SigningKey>) -> Self {
        crypto::install();
        Self(keys.into_iter().map(|key| (key.id, key)).collect())
    }

    /// The key that signs: the newest that has begun, else the one that begins first.
    pub(super) fn signing(&self, now: Timestamp) -> Option<&SigningKey> {
        let begun = self.0.values().filter(|key| key.starts_at <= now);
        begun
            .max_by_key(|key| (key.starts_at, key.id))
            .or_else(|| self.0.values().min_by_key(|key| (key.starts_at, key.id)))
    }

    pub(super) fn key(&self, id: Uuid) -> Option<&SigningKey> {
        self.0.get(&id)
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys whose successor signs for so long that nothing of theirs can live.
    #[must_use]
    pub fn retired(&self, now: Timestamp) -> Vec<Uuid> {
        let over = |key: &&SigningKey| {
            self.0.values().any(|other| {
                other.starts_at > key.starts_at && other.starts_at.plus_seconds(KEPT_S) <= now
            })
        };
        self.0.values().filter(over).map(|key| key.id).collect()
    }

    /// The public halves (RFC 7517, RFC 8037).
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let key = |key: &SigningKey| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "kid": key.id.to_string(), "x": URL_SAFE_NO_PAD.encode(&key.public),
            })
        };
        serde_json::json!({ "keys": self.0.values().map(key).collect::<Vec<_>>() })
    }
}
