//! `mediamesh rebuild`.

use super::{Common, operate, output};
use crate::operations::Request;
use clap::Args;
use std::process::ExitCode;

/// Build a view anew from the log beside the one in use, compare the two, and switch.
#[derive(Debug, Args)]
pub(super) struct Rebuild {
    /// The view: catalog, search, history, verdicts or runs.
    view: String,
    /// Let readers use the new version when it is complete and equal.
    #[arg(long)]
    switch: bool,
    /// Build nothing: let readers use the version again that they used before the last switch, within an hour of it.
    #[arg(long, conflicts_with = "switch")]
    back: bool,
}

impl Rebuild {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let view = self.view.clone();
        let request = match self.back {
            true => Request::SwitchBack { view },
            false => Request::Rebuild {
                view,
                switch: self.switch,
            },
        };
        let value = operate::ask(common, "rebuild", request)?;
        output::line(serde_json::to_string_pretty(&value)?);
        let equal = value["differences"].as_u64() == Some(0);
        // Back is where somebody goes who doubts the newer version: that the two differ is no surprise.
        Ok(if equal || self.back {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
