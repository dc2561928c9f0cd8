//! `mediamesh`: every role in one binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    mediamesh::main()
}
