//! The event log on a real broker.

mod appending;
mod away;
mod compaction;
mod contract;
mod members;
mod partitioning;
mod reading;
mod states;
mod support;
mod topics;
mod transactions;
