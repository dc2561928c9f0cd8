//! The binary's parts: configuration, command line, logs, and the composition root.
//!
//! This crate alone names adapters. It is a library too, so that tests and benchmarks start the same
//! instance as users do.

pub mod cli;
pub mod configuration;
pub mod instance;
pub mod logging;
pub mod operations;
pub mod preview;
pub mod samples;
pub mod token;
pub mod tour;
