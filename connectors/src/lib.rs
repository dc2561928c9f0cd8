//! Connectors: how entries come in from outside, and how anything is fetched at all.
//!
//! [`egress`] is the one client for all outgoing HTTP. [`feed`] reads feeds' bytes.
//! [`source`] makes records of them, [`scheduler`] does so again and again, [`websub`] lets hubs
//! tell when. [`opml`] makes sources of lists of feeds.
//!
//! What reads bytes of strangers is fuzzed: `fuzz/README.md` has the commands.

pub mod egress;
pub mod feed;
pub mod opml;
pub mod scheduler;
pub mod source;
pub mod websub;
