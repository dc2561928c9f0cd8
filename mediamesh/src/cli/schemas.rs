//! `mediamesh schemas`.

use super::{Common, output, servers};
use crate::instance::Hold;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use mediamesh_schemas::{Topic, compat};
use std::path::PathBuf;
use std::process::ExitCode;

/// List the topics and schemas, check changed schema files against the published ones, or register them.
#[derive(Debug, Args)]
pub(super) struct Schemas {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The topics with their keys and newest schema versions.
    List,
    /// Check a folder laid out like `schemas/avro`: may these files follow the published ones?
    Check {
        /// The folder.
        folder: PathBuf,
    },
    /// Say which schemas would be registered in the registry that the configuration names.
    Plan,
    /// Register them, or none where one cannot follow what is there.
    Apply,
}

impl Schemas {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        match &self.verb {
            Verb::Plan => servers::plan(common, Hold::Schemas),
            Verb::Apply => servers::apply(common, Hold::Schemas),
            Verb::List => {
                for topic in Topic::ALL {
                    let spec = topic.spec();
                    let version = mediamesh_schemas::shipped::newest(*topic)
                        .map_or("-".to_owned(), |shipped| format!("v{}", shipped.version));
                    output::line(format_args!(
                        "{:<24} {version:<4} key: {}",
                        spec.name, spec.key
                    ));
                }
                Ok(ExitCode::SUCCESS)
            }
            Verb::Check { folder } => {
                let report = compat::check_folder(folder)
                    .with_context(|| format!("{} cannot be read", folder.display()))?;
                output::line(&report);
                Ok(if report.is_ok() {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                })
            }
        }
    }
}
