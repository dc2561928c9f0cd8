//! `mediamesh dlt`.

use super::{Common, operate, output};
use crate::operations::Request;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Look at records that could not be processed and keys that are parked; send them again, or give them up.
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
    /// One dead letter or parked key with what its record says, as JSON.
    Show {
        /// Its id, as `dlt list` shows it.
        id: String,
    },
    /// Send dead letters and parked keys again, after what was wrong is mended: all of them, or one.
    Redrive {
        /// Only this one, by its id.
        #[arg(conflicts_with = "topic")]
        id: Option<String>,
        /// Only of this topic.
        #[arg(long)]
        topic: Option<String>,
        /// Only say what would be sent.
        #[arg(long)]
        dry_run: bool,
    },
    /// Give up one dead letter, or the first record of a parked key: it is never processed. That is noted in the log.
    Drop {
        /// Its id, as `dlt list` shows it.
        id: String,
        /// Only say what would be given up.
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
            Verb::Show { id } => Request::DeadLetter { id: id.clone() },
            Verb::Drop { id, dry_run } => Request::DropDeadLetter {
                id: id.clone(),
                dry_run: *dry_run,
            },
            Verb::Redrive { id, topic, dry_run } => Request::Redrive {
                id: id.clone(),
                topic: topic.clone(),
                dry_run: *dry_run,
            },
        };
        let value = operate::ask(common, "dead letters", request)?;
        output::line(serde_json::to_string_pretty(&value)?);
        Ok(ExitCode::SUCCESS)
    }
}
