//! The one place that writes to standard output and standard error.
#![expect(clippy::print_stderr, reason = "this is the command line's output")]

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{ErrorKind, Write as _};
use std::time::Duration;

/// One line of the answer.
pub(super) fn line(text: impl std::fmt::Display) {
    let written = writeln!(std::io::stdout(), "{text}");
    // Who reads no further, as `head` does, has what they wanted.
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("mediamesh: the answer cannot be written: {error}");
    }
}

/// The error, its causes joined to one line.
pub(super) fn error(error: &anyhow::Error) {
    eprintln!("mediamesh: {error:#}");
}

/// A progress bar on standard error; silent where that is no terminal.
pub(super) fn progress(what: &str) -> ProgressBar {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
