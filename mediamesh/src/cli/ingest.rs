//! `mediamesh ingest`.

use super::{Common, operate, output};
use crate::operations::{IngestAnswer, IngestRequest, Material, Request};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use mediamesh_domain::model::Policy;
use std::io::Read as _;
use std::process::ExitCode;

/// Take in a feed from an address, a file or standard input (-), and publish what is new.
#[derive(Debug, Args)]
pub(super) struct Ingest {
    /// An http or https address, a file, or - for standard input.
    what: String,
    /// What the source is called (default: the address, or the file's name).
    #[arg(long)]
    name: Option<String>,
    /// What becomes of new entries and of changes; kept with a source that is new.
    #[arg(long, value_enum, default_value_t = PolicyName::Publish)]
    policy: PolicyName,
    /// Show the entries as normalised, with the refusals, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PolicyName {
    /// Live at once.
    Publish,
    /// Waits for an editor.
    Review,
    /// Saved as a draft.
    Draft,
}

impl Ingest {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let policy = match self.policy {
            PolicyName::Publish => Policy::Publish,
            PolicyName::Review => Policy::Review,
            PolicyName::Draft => Policy::Draft,
        };
        let material = self.material()?;
        if self.dry_run {
            return self.dry_run(common, &material);
        }
        let request = IngestRequest {
            name: self.name.clone(),
            policy,
            material,
        };
        let value = operate::ask(common, "ingest", Request::Ingest(request))?;
        let answer: IngestAnswer = serde_json::from_value(value.clone())?;
        if self.json {
            output::line(serde_json::to_string_pretty(&value)?);
        } else {
            output::line(&answer);
        }
        Ok(if answer.failed() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }

    fn material(&self) -> anyhow::Result<Material> {
        if self.what.starts_with("http://") || self.what.starts_with("https://") {
            return Ok(Material::Address {
                url: self.what.clone(),
            });
        }
        let mut bytes = Vec::new();
        let name = if self.what == "-" {
            std::io::stdin()
                .read_to_end(&mut bytes)
                .context("standard input cannot be read")?;
            "standard input".to_owned()
        } else {
            bytes = std::fs::read(&self.what)
                .with_context(|| format!("{} cannot be read", self.what))?;
            let path = std::path::Path::new(&self.what);
            path.file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        };
        Ok(Material::Bytes { name, bytes })
    }

    fn dry_run(&self, common: &Common, material: &Material) -> anyhow::Result<ExitCode> {
        let configuration = common.configuration()?;
        let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
        let preview = runtime.block_on(crate::preview::preview(&configuration, material))?;
        if self.json {
            output::line(serde_json::to_string_pretty(&preview)?);
        } else {
            output::line(&preview);
        }
        Ok(ExitCode::SUCCESS)
    }
}
