//! `mediamesh config check`.

use super::{Common, ListenArguments, output};
use crate::configuration::secrets;
use crate::configuration::servers::Servers;
use crate::configuration::strength;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Check the configuration.
#[derive(Debug, Args)]
pub(super) struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Read file, environment and flags as `run` would, and say what is wrong, or what would be used.
    Check(ListenArguments),
}

impl Config {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        let Verb::Check(listen) = &self.verb;
        let configuration = common.configuration()?;
        let listen = listen.over(configuration.listen.clone())?;
        // A secret whose file is not there is told now and not at the first poll.
        let secrets = secrets::credentials(&configuration.secrets)?;
        strength::check(&configuration)?;
        output::line("the configuration is right");
        output::line(format_args!(
            "  data directory  {}",
            configuration.data_dir.display()
        ));
        output::line(format_args!("  read API        {}", listen.read));
        output::line(format_args!("  write API, desk {}", listen.write));
        output::line(format_args!("  metrics, probes {}", listen.ops));
        output::line(format_args!(
            "  log             {}",
            configuration.log.filter
        ));
        output::line(format_args!("  named secrets   {}", secrets.len()));
        if let Some(servers) = configuration.servers()? {
            show(&servers);
        }
        if let Some(url) = &configuration.public_url {
            output::line(format_args!("  hubs reach us   {url}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(servers: &Servers) {
    let redis = servers.redis.as_ref().map(|redis| redis.url.clone());
    for (what, place) in [
        ("Kafka", servers.kafka.brokers.join(", ")),
        ("registry", servers.registry.urls.join(", ")),
        ("CQL", servers.cql.nodes.join(", ")),
        ("Elasticsearch", servers.elasticsearch.urls.join(", ")),
        ("Redis", redis.unwrap_or_else(|| "none".to_owned())),
        ("bucket", servers.objects.bucket.clone()),
    ] {
        output::line(format_args!("  {what:<15} {place}"));
    }
}
