//! `mediamesh dlt`.

use super::{Common, operate, output};
use crate::operations::Request;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Look at records that could not be processed, and send them again.
#[derive(Debug, Args)]
pub(super) struct Dlt {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Dead letters with their source and reason, and keys that are parked, as JSON.
    List {
        /// Only of this topic, for example ingest.raw.
        #[arg(long)]
        topic: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Send dead letters and parked keys again, after what was wrong is mended.
    Redrive {
        /// Only of this topic.
        #[arg(long)]
        topic: Option<String>,
        /// Only say what would be sent.
        #[arg(long)]
        dry_run: bool,
    },
}

impl Dlt {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let request = match &self.verb {
            Verb::List { topic, limit } => Request::DeadLetters {
                topic: topic.clone(),
                limit: *limit,
            },
            Verb::Redrive { topic, dry_run } => Request::Redrive {
                topic: topic.clone(),
                dry_run: *dry_run,
            },
        };
        let value = operate::ask(common, "dead letters", request)?;
        output::line(serde_json::to_string_pretty(&value)?);
        Ok(ExitCode::SUCCESS)
    }
}
