//! `mediamesh export` and `mediamesh import`.

use super::{Common, operate, output};
use crate::operations::{Moved, Request};
use anyhow::Context as _;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write everything that the deployment is made of into a folder.
///
/// It has to stand still meanwhile: stop what writes. Whoever is interrupted exports to the same folder again.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The folder: new, empty, or of an earlier export of this deployment.
    dir: PathBuf,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Fill empty stores, of whatever kind, from the folder of an export.
///
/// The configuration names the stores. Nothing may run on them. Whoever is interrupted imports again.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The folder of the export.
    dir: PathBuf,
    /// Check the folder and the stores, show what would be taken in, and take nothing in.
    #[arg(long)]
    dry_run: bool,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Export {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let dir = absolute(&self.dir)?;
        show(common, "export", Request::Export { dir }, self.json)
    }
}

impl Import {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let request = Request::Import {
            dir: absolute(&self.dir)?,
            dry_run: self.dry_run,
        };
        show(common, "import", request, self.json)
    }
}

/// The folder for an instance that was started elsewhere.
fn absolute(dir: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(dir).with_context(|| format!("{} is no folder", dir.display()))
}

fn show(common: &Common, what: &str, request: Request, json: bool) -> anyhow::Result<ExitCode> {
    let value = operate::ask(common, what, request)?;
    if json {
        output::line(serde_json::to_string_pretty(&value)?);
    } else {
        let moved: Moved = serde_json::from_value(value)?;
        output::line(&moved);
        if moved.dry_run {
            output::line("nothing was taken in");
        }
    }
    Ok(ExitCode::SUCCESS)
}
