//! Connectors: how entries come in from outside, and how anything is fetched at all.
//!
//! [`egress`] is the one client for all outgoing HTTP. [`feed`] reads feeds' bytes.

pub mod egress;
pub mod feed;
