//! The binary's parts: configuration, command line, logs, and the composition root.
//!
//! This crate alone names adapters. It is a library too, so that tests and benchmarks start the same
//! instance as users do.

pub mod cli;
pub mod configuration;
pub mod logging;
