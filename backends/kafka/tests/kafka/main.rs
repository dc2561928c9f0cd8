//! The event log on a real broker.

mod contract;
mod support;
