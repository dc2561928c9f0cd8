//! The embedded backend: every port on one data directory, with no server.
//!
//! The event log, consumer offsets, processor state and views live in one fjall database, so that a step's
//! changes commit together. One writer thread makes commits, one sync thread makes them durable. Nothing here
//! knows what a record means.

mod append;
pub mod cache;
mod database;
mod faults;
mod frame;
mod groups;
pub mod invalidations;
mod journal;
mod keys;
mod maintain;
pub mod objects;
mod partitions;
mod queue;
pub mod rate_limits;
mod read;
mod registry;
pub mod search_index;
mod state;
mod views;
mod writer;

pub use database::{Embedded, FORMAT, Health, OpenError, Opened, Options};
pub use faults::Faults;
pub use journal::TornTail;
pub use maintain::Maintained;
