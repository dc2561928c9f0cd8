//! `mediamesh upgrade`.

use super::{Common, operate, output};
use crate::operations::Request;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// End an upgrade to a newer build.
#[derive(Debug, Args)]
pub(super) struct Upgrade {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Let the data directory have the newest format that this build writes; the build before cannot read it then.
    Finalise,
}

impl Upgrade {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let Verb::Finalise = self.verb;
        let said = operate::ask(common, "upgrade", Request::FinaliseUpgrade)?;
        output::line(said.as_str().unwrap_or_default());
        Ok(ExitCode::SUCCESS)
    }
}
