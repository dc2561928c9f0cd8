//! The command line: what can be asked for, and who answers.
//!
//! Every verb is one file. Where an instance runs on the data directory the verb asks it (`cli.token`); where
//! none does, the verb opens the directory itself. Both go through [`crate::operations`].

mod config_check;
mod dlt;
mod ingest;
mod moving;
mod operate;
mod output;
mod programs;
mod rebuild;
mod renormalise;
mod run;
mod schemas;
mod servers;
mod sources;
mod tour;
mod upgrade;
mod users;

use crate::configuration::{Configuration, Listen, Roles};
use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A content back end for media programs and episodes.
#[derive(Debug, Parser)]
#[command(
    name = "mediamesh",
    version,
    about = "A content back end for media programs and episodes, as a stream-processing pipeline",
    after_help = "Start here:\n  \
        mediamesh run                                   everything in one process, data in ./data\n  \
        mediamesh ingest https://example.org/feed.xml   take a podcast in and publish it\n  \
        mediamesh ingest feed.xml --dry-run             see what would come of it\n  \
        curl 'http://127.0.0.1:8080/api/v1/programs'    read it back\n\n\
        The read API listens on 8080 (public), the write API and the desk on 8081 (internal), metrics and\n\
        probes on 9464. API documents: http://127.0.0.1:8080/docs and http://127.0.0.1:8081/docs"
)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: Verb,
}

/// What every verb understands.
#[derive(Debug, Args)]
struct Common {
    /// The configuration file (TOML).
    #[arg(long, global = true, value_name = "FILE", env = "MEDIAMESH_CONFIG")]
    config: Option<PathBuf>,
    /// Where the embedded stores keep everything, or with outside servers the state that can be made again.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// What is logged, for example debug or info,mediamesh_runtime=debug.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Start an instance: all roles in one process, unless some are named.
    Run(run::Run),
    /// Take in a feed from an address, a file or standard input (-), and publish what is new.
    Ingest(ingest::Ingest),
    /// Make, try, poll and watch the sources of imported entries.
    Sources(sources::Sources),
    /// Build a view anew from the log beside the one in use, compare the two, and switch.
    Rebuild(rebuild::Rebuild),
    /// Merge programs, or undo it.
    Programs(programs::Programs),
    /// Normalise again what sources said, by today's rules, and change what comes out otherwise.
    Renormalise(renormalise::Renormalise),
    /// Look at records that could not be processed, and send them again.
    Dlt(dlt::Dlt),
    /// Write everything that the deployment is made of into a folder.
    Export(moving::Export),
    /// Fill empty stores, of whatever kind, from the folder of an export.
    Import(moving::Import),
    /// List the topics and schemas, check changed schema files against the published ones, or register them.
    Schemas(schemas::Schemas),
    /// Make and check the topics of a deployment on Kafka.
    Topics(servers::Topics),
    /// Make and check the tables of the views of a deployment on CQL.
    Views(servers::Views),
    /// Invite people, and let them set a new password.
    Users(users::Users),
    /// The keys that people's tokens are signed with.
    Keys(users::Keys),
    /// Try what the documents promise, against an instance started with `run --dev`.
    Tour(tour::Tour),
    /// End an upgrade to a newer build.
    Upgrade(upgrade::Upgrade),
    /// Check the configuration.
    Config(config_check::Config),
}

/// Addresses to listen on.
#[derive(Debug, Args)]
struct ListenArguments {
    /// The read API (default 127.0.0.1:8080).
    #[arg(long, value_name = "ADDRESS")]
    read_addr: Option<SocketAddr>,
    /// The write API and the desk (default 127.0.0.1:8081).
    #[arg(long, value_name = "ADDRESS")]
    write_addr: Option<SocketAddr>,
    /// Metrics and probes (default 127.0.0.1:9464).
    #[arg(long, value_name = "ADDRESS")]
    ops_addr: Option<SocketAddr>,
    /// Moves all three to this port and the two after it.
    #[arg(long, value_name = "PORT")]
    port_base: Option<u16>,
}

impl ListenArguments {
    fn over(&self, configured: Listen) -> anyhow::Result<Listen> {
        let base = match self.port_base {
            Some(base) => Listen::from_port_base(base)?,
            None => configured,
        };
        Ok(Listen {
            read: self.read_addr.unwrap_or(base.read),
            write: self.write_addr.unwrap_or(base.write),
            ops: self.ops_addr.unwrap_or(base.ops),
        })
    }
}

impl Common {
    /// The configuration of file, environment and flags.
    fn configuration(&self) -> anyhow::Result<Configuration> {
        let text = self
            .config
            .as_ref()
            .map(|path| {
                std::fs::read_to_string(path)
                    .with_context(|| format!("the configuration {} cannot be read", path.display()))
            })
            .transpose()?;
        let name = self.config.as_ref().map(|path| path.display().to_string());
        let file = name.as_deref().zip(text.as_deref());
        // MEDIAMESH_CONFIG names the file; it is no key of it.
        // Named secrets may stand in any variable.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name != "MEDIAMESH_CONFIG")
            .collect();
        let mut configuration = Configuration::read(file, variables)?;
        if let Some(data_dir) = &self.data_dir {
            configuration.data_dir.clone_from(data_dir);
        }
        if let Some(filter) = &self.log {
            configuration.log.filter.clone_from(filter);
        }
        Ok(configuration.check()?)
    }
}

/// Does what the arguments ask for; an error is one line on standard error.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let outcome = match &arguments.verb {
        Verb::Run(run) => run.start(&arguments.common),
        Verb::Ingest(ingest) => ingest.start(&arguments.common),
        Verb::Sources(sources) => sources.start(&arguments.common),
        Verb::Rebuild(rebuild) => rebuild.start(&arguments.common),
        Verb::Programs(programs) => programs.start(&arguments.common),
        Verb::Renormalise(renormalise) => renormalise.start(&arguments.common),
        Verb::Dlt(dlt) => dlt.start(&arguments.common),
        Verb::Schemas(schemas) => schemas.start(&arguments.common),
        Verb::Topics(topics) => topics.start(&arguments.common),
        Verb::Views(views) => views.start(&arguments.common),
        Verb::Export(export) => export.start(&arguments.common),
        Verb::Import(import) => import.start(&arguments.common),
        Verb::Users(users) => users.start(&arguments.common),
        Verb::Keys(keys) => keys.start(&arguments.common),
        Verb::Tour(tour) => tour.start(&arguments.common),
        Verb::Upgrade(upgrade) => upgrade.start(&arguments.common),
        Verb::Config(config) => config.start(&arguments.common),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}

/// Reads the names of roles for clap.
fn roles(text: &str) -> Result<Roles, String> {
    text.parse()
        .map_err(|wrong: crate::configuration::Wrong| wrong.0)
}
