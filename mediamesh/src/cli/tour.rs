//! `mediamesh tour`.

use super::{Common, ListenArguments, output};
use crate::tour::{self, Places};
use clap::Args;
use std::process::ExitCode;

/// Try what the documents promise, against an instance started with `run --dev` on this data directory.
#[derive(Debug, Args)]
pub(super) struct Tour {
    #[command(flatten)]
    listen: ListenArguments,
}

impl Tour {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let mut configuration = common.configuration()?;
        configuration.listen = self.listen.over(configuration.listen.clone())?;
        let key_file = configuration.data_dir.join("dev.key");
        let places = Places::of(&configuration, &key_file);
        tour::run(&places, &mut |step| output::line(format_args!("  {step}")))?;
        output::line("the tour went as printed");
        Ok(ExitCode::SUCCESS)
    }
}
