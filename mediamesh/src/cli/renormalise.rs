//! `mediamesh renormalise`.

use super::{Common, operate, output};
use crate::operations::{Renormalised, Request};
use clap::Args;
use std::process::ExitCode;

/// Normalise again what sources said, by today's rules, and change what comes out otherwise.
#[derive(Debug, Args)]
pub(super) struct Renormalise {
    /// Only this source, by name or id.
    #[arg(long)]
    source: Option<String>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Renormalise {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let request = Request::Renormalise {
            source: self.source.clone(),
            dry_run: self.dry_run,
        };
        let value = operate::ask(common, "renormalise", request)?;
        if self.json {
            output::line(serde_json::to_string_pretty(&value)?);
        } else {
            let answer: Renormalised = serde_json::from_value(value)?;
            output::line(&answer);
        }
        Ok(ExitCode::SUCCESS)
    }
}
