//! `mediamesh topics`, `mediamesh views` and the part of `mediamesh schemas` that asks a registry: what the outside
//! servers need to hold.

use super::{Common, output};
use crate::configuration::Configuration;
use crate::instance::{self, Hold};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Make and check the topics of a deployment on Kafka.
#[derive(Debug, Args)]
pub(super) struct Topics {
    #[command(subcommand)]
    verb: TopicsVerb,
}

#[derive(Debug, Subcommand)]
enum TopicsVerb {
    /// Say which topics would be made or configured otherwise.
    Plan,
    /// Make and configure them. No topic is deleted, and no number of partitions is changed.
    Apply,
}

impl Topics {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        match self.verb {
            TopicsVerb::Plan => plan(common, Hold::Topics),
            TopicsVerb::Apply => apply(common, Hold::Topics),
        }
    }
}

/// Make and check the tables of the views of a deployment on CQL.
#[derive(Debug, Args)]
pub(super) struct Views {
    #[command(subcommand)]
    verb: ViewsVerb,
}

#[derive(Debug, Subcommand)]
enum ViewsVerb {
    /// Say which migrations would be applied.
    Plan,
    /// Apply them. A second time changes nothing.
    Migrate,
}

impl Views {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        match self.verb {
            ViewsVerb::Plan => plan(common, Hold::Tables),
            ViewsVerb::Migrate => apply(common, Hold::Tables),
        }
    }
}

/// Shows what would be done; success where there is nothing to do, so that scripts can tell.
pub(super) fn plan(common: &Common, what: Hold) -> anyhow::Result<ExitCode> {
    let configuration = common.configuration()?;
    let lines = waited_for(&configuration, instance::plan(&configuration, what))?;
    if lines.is_empty() {
        output::line("nothing is to be done");
        return Ok(ExitCode::SUCCESS);
    }
    for line in &lines {
        output::line(line);
    }
    Ok(ExitCode::FAILURE)
}

/// Does it, and shows what was done.
pub(super) fn apply(common: &Common, what: Hold) -> anyhow::Result<ExitCode> {
    let configuration = common.configuration()?;
    let lines = waited_for(&configuration, instance::apply(&configuration, what))?;
    for line in &lines {
        output::line(format_args!("done: {line}"));
    }
    if lines.is_empty() {
        output::line("nothing was to be done");
    }
    Ok(ExitCode::SUCCESS)
}

fn waited_for<T>(
    configuration: &Configuration,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    crate::logging::start(&super::operate::quiet(&configuration.log));
    let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
    runtime.block_on(work)
}
