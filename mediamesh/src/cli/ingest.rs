//! `mediamesh ingest`.

use super::{Common, operate, output};
use crate::operations::{IngestAnswer, IngestRequest, Material, Request};
use crate::preview::{Said, Told, Wish, preview};
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
pub(super) enum PolicyName {
    /// Live at once.
    Publish,
    /// Waits for an editor.
    Review,
    /// Saved as a draft.
    Draft,
}

impl PolicyName {
    pub(super) fn policy(self) -> Policy {
        match self {
            Self::Publish => Policy::Publish,
            Self::Review => Policy::Review,
            Self::Draft => Policy::Draft,
        }
    }
}

/// What an argument names: an address, a file, or standard input.
pub(super) fn material(what: &str) -> anyhow::Result<Material> {
    if what.starts_with("http://") || what.starts_with("https://") {
        return Ok(Material::Address {
            url: what.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    let name = if what == "-" {
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("standard input cannot be read")?;
        "standard input".to_owned()
    } else {
        bytes = std::fs::read(what).with_context(|| format!("{what} cannot be read"))?;
        let path = std::path::Path::new(what);
        path.file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned()
    };
    Ok(Material::Bytes { name, bytes })
}

impl Ingest {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let material = self.material()?;
        if self.dry_run {
            return self.dry_run(common, &material);
        }
        let request = IngestRequest {
            name: self.name.clone(),
            policy: self.policy.policy(),
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
        material(&self.what)
    }

    fn dry_run(&self, common: &Common, material: &Material) -> anyhow::Result<ExitCode> {
        let configuration = common.configuration()?;
        let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
        let wish = Wish::of(material, self.policy.policy(), Said::default())?;
        let trial = runtime.block_on(preview(&configuration, wish))?;
        if self.json {
            output::line(serde_json::to_string_pretty(&trial)?);
        } else {
            output::line(Told(&trial));
        }
        Ok(ExitCode::SUCCESS)
    }
}
