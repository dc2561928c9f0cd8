//! The contract of each port as a suite of tests: what every adapter promises, written once.
//!
//! An adapter's tests call the suite's macro with a way to make the adapter, empty.

pub mod search_index;
