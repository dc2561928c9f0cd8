//! `mediamesh run`.

use super::{Common, ListenArguments, output, roles};
use crate::configuration::{Configuration, Roles};
use crate::instance::{self, Served};
use crate::operations::{self, IngestAnswer, IngestRequest, Material, Request};
use crate::samples::Samples;
use crate::tour::{self, Places};
use anyhow::Context as _;
use clap::Args;
use mediamesh_domain::model::Policy;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use tokio::signal::unix::{SignalKind, signal};

/// Start an instance: all roles in one process, unless some are named.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    listen: ListenArguments,
    /// Only these roles: connectors, streams, api-write, api-read (separated by commas).
    #[arg(long, value_parser = roles)]
    roles: Option<Roles>,
    /// Take two sample feeds in, keep the first admin key in the data directory, and print a tour.
    #[arg(long)]
    dev: bool,
}

impl Run {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let mut configuration = common.configuration()?;
        configuration.listen = self.listen.over(configuration.listen.clone())?;
        if self.dev && common.log.is_none() {
            "warn".clone_into(&mut configuration.log.filter);
        }
        crate::logging::start(&configuration.log);
        let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
        runtime.block_on(self.serve(configuration))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(&self, mut configuration: Configuration) -> anyhow::Result<()> {
        let from = Instant::now();
        let samples = if self.dev {
            Some(Samples::serve().await?)
        } else {
            None
        };
        if let Some(samples) = &samples {
            configuration.egress.origins.push(samples.origin());
        }
        let roles = self.roles.clone().unwrap_or_else(Roles::all);
        let served = instance::serve(configuration, roles).await?;
        if let Some(samples) = &samples {
            output::line(format_args!(
                "==> start      {:.1} s",
                from.elapsed().as_secs_f64()
            ));
            show_samples(&served, samples).await?;
        } else {
            greet(&served);
        }
        wait_for_the_end().await?;
        tracing::info!("ending: requests under way are answered, the log is closed");
        served.close().await;
        Ok(())
    }
}

/// Where it listens, and the key of the first start.
fn greet(served: &Served) {
    let listen = &served.instance.configuration.listen;
    output::line(format_args!(
        "read API         http://{}/api/v1/programs",
        listen.read
    ));
    output::line(format_args!(
        "write API, desk  http://{}/docs",
        listen.write
    ));
    output::line(format_args!("metrics, probes  http://{}/ready", listen.ops));
    if let Some(key) = &served.first_key {
        output::line(format_args!(
            "\nadmin API key, shown this once: {}",
            key.reveal()
        ));
    }
}

/// Takes the samples in, counts in words, and prints the tour.
async fn show_samples(served: &Served, samples: &Samples) -> anyhow::Result<()> {
    let from = Instant::now();
    let mut told = Vec::new();
    for url in samples.urls() {
        told.push(ingest(served, url).await?);
    }
    output::line(format_args!(
        "==> samples    {:.1} s",
        from.elapsed().as_secs_f64()
    ));
    for answer in told {
        output::line(format_args!("  {answer}"));
    }
    output::line("");
    greet(served);
    let key_file = served.instance.configuration.data_dir.join("dev.key");
    if let Some(key) = &served.first_key {
        keep_key(&key_file, key.reveal())?;
    }
    if key_file.exists() {
        output::line(format_args!(
            "  (kept in {} for the tour)",
            key_file.display()
        ));
    }
    let places = Places::of(&served.instance.configuration, &key_file);
    output::line(format_args!(
        "\nA tour, to paste wherever there is a shell:\n\n{}",
        tour::printed(&places)
    ));
    output::line("Ctrl-C ends it; `./dev run` again goes on with the same data.");
    Ok(())
}

async fn ingest(served: &Served, url: String) -> anyhow::Result<IngestAnswer> {
    let material = Material::Address { url };
    let request = Request::Ingest(IngestRequest {
        name: None,
        policy: Policy::Publish,
        material,
    });
    let taken_in = operations::outcome(&served.instance, request).await;
    Ok(serde_json::from_value(
        taken_in.context("a sample could not be taken in")?,
    )?)
}

/// Keeps the key for the tour, readable by its owner alone.
fn keep_key(path: &Path, key: &str) -> anyhow::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    writeln!(file, "{key}")?;
    Ok(())
}

async fn wait_for_the_end() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
