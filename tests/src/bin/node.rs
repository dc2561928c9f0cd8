//! The program itself, built where tests find it: a process of a deployment on several.

use std::process::ExitCode;

fn main() -> ExitCode {
    mediamesh::main()
}
