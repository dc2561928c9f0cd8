//! `mediamesh`: every role in one binary.

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    mediamesh::install_tls();
    mediamesh::cli::run(mediamesh::cli::Arguments::parse())
}
