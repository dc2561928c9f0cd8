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

use clap::Parser as _;
use std::process::ExitCode;

/// The memory of every program that runs an instance: much is small and short-lived here and freed by another
/// thread than asked for it, where the C library's allocator spends most.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Names the cryptography of TLS for this process: every program and test that makes an HTTP client calls it
/// first. A second call changes nothing.
pub fn install_tls() {
    // An error says that one was named already: by an earlier call.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The program.
#[must_use]
pub fn main() -> ExitCode {
    install_tls();
    cli::run(cli::Arguments::parse())
}
