//! Logs: for people on a terminal, one JSON object a line otherwise; always on standard error.

use crate::configuration::{Log, LogFormat};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Libraries that tell of each file they write. A filter that names them is followed.
const QUIETER: &str = "fjall=warn,lsm_tree=warn,tantivy=warn,scylla=warn";

/// Starts logging; a second call changes nothing.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(format!("{QUIETER},{}", log.filter))
        .unwrap_or_else(|_| EnvFilter::new(format!("{QUIETER},info")));
    let terminal = std::io::stderr().is_terminal();
    let pretty = match log.format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first one's settings.
    let _ = if pretty {
        builder
            .with_ansi(terminal)
            .with_target(false)
            .compact()
            .try_init()
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    };
}
