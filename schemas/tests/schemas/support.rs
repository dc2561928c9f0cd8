//! What several of these tests stand on.

pub mod datum;
pub mod parts;
pub mod topics;
