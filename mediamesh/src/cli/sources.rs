//! `mediamesh sources`.

use super::{Common, operate, output};
use crate::operations::Request;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// List the sources, or fetch one now.
#[derive(Debug, Args)]
pub(super) struct Sources {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The sources, their policies, and how the last fetch went, as JSON.
    List,
    /// Fetch a source now.
    Poll {
        /// Its name or id.
        source: String,
    },
}

impl Sources {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let (what, request) = match &self.verb {
            Verb::List => ("sources", Request::Sources),
            Verb::Poll { source } => (
                "poll",
                Request::Poll {
                    source: source.clone(),
                },
            ),
        };
        let value = operate::ask(common, what, request)?;
        output::line(serde_json::to_string_pretty(&value)?);
        Ok(ExitCode::SUCCESS)
    }
}
