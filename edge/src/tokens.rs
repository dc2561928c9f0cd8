//! Tokens: what people show after they have logged in, and how this deployment knows that it gave them out.
//!
//! Three kinds, which never stand for each other. An **access token** is a JWT signed with Ed25519, short-lived, and
//! verified by every process without asking anybody. A **refresh token** carries a session on; a **link token** lets
//! a person set a password. Those two are sealed by a MAC: each names what it is for, and the control decider says
//! whether that still holds, so no token and no hash of one stands on any topic.
//!
//! All come of one [`KeyRing`]: a new key is published before it signs, and an old one verifies as long as anything
//! that it signed may live.

mod access;
mod crypto;
mod key_ring;
mod seal;
#[cfg(test)]
mod tests;

pub use access::{ACCESS_S, AccessToken, Shown};
pub use key_ring::{KeyRing, SETTLE_S, SigningKey, Unreadable};
pub use seal::{LinkToken, REFRESH_S, RefreshToken};

use crate::clock::Clock;
use mediamesh_domain::time::Timestamp;
use std::sync::{Arc, PoisonError, RwLock};

/// Gives out and verifies tokens; cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    ring: Arc<RwLock<Arc<KeyRing>>>,
    clock: Clock,
}

impl Tokens {
    /// Tokens of a deployment's keys.
    #[must_use]
    pub fn new(ring: KeyRing, clock: Clock) -> Self {
        crypto::install();
        Self {
            ring: Arc::new(RwLock::new(Arc::new(ring))),
            clock,
        }
    }

    /// The keys as they are now.
    #[must_use]
    pub fn ring(&self) -> Arc<KeyRing> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&ring)
    }

    /// Takes over other keys.
    pub fn replace(&self, ring: KeyRing) {
        let mut own = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        *own = Arc::new(ring);
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
