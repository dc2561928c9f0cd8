//! Ids and secrets, given to the APIs from outside so that tests can foresee them.

use std::sync::Arc;
use uuid::Uuid;

/// Makes a new id: UUIDv7, later ones sort after earlier ones.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// Gives 32 bytes that nobody can foresee.
pub type Entropy = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// Ids by the machine's clock and random source.
#[must_use]
pub fn system() -> Ids {
    Arc::new(Uuid::now_v7)
}

/// The thread's cryptographic generator, seeded by the machine.
#[must_use]
pub fn entropy() -> Entropy {
    Arc::new(|| {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes);
        bytes
    })
}
