//! The ports: what the pipeline and the APIs ask of the world, as small traits.
//!
//! Each port has one contract suite ([`contract`]) that every adapter passes. Read and write are apart. A
//! port's policy (retry, metrics, cache, fault) is a decorator of the same trait. Nothing here names an
//! adapter, a driver or a protocol.

pub mod accounts;
pub mod breaker;
pub mod cache;
#[cfg(feature = "contract")]
pub mod contract;
pub mod control;
pub mod denied;
pub mod event_log;
pub mod invalidations;
pub mod objects;
pub mod progress;
pub mod rate_limits;
pub mod registry;
pub mod search_index;
pub mod secret;
pub mod state_store;
pub mod verdicts;
pub mod view_store;
