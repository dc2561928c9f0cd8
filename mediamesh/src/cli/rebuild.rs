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
}

impl Rebuild {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let request = Request::Rebuild {
            view: self.view.clone(),
            switch: self.switch,
        };
        let value = operate::ask(common, "rebuild", request)?;
        output::line(serde_json::to_string_pretty(&value)?);
        let equal = value["differences"].as_u64() == Some(0);
        Ok(if equal {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
