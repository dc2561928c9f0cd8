//! `./dev bench distributed`: the whole way over the real servers, beside bare clients of the same servers.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod limits;
mod takeover;

use crate::pipeline::{compared, freshness, load, peak_memory_mib, per_second, reads};
use clap::Args;
use mediamesh::configuration::{Configuration, Listen, Roles};
use mediamesh::instance;
use mediamesh_tests::deployment::{Deployment, On};
use std::time::{Duration, Instant};

/// From raw entries to both views over Kafka, CQL and Elasticsearch; freshness, replay, reads, memory and take-over.
#[derive(Args)]
pub struct Distributed {
    /// How many entries to take in.
    #[arg(long, default_value_t = 20_000)]
    entries: usize,
    /// Writes a second while freshness is measured.
    #[arg(long, default_value_t = 50)]
    writes_per_s: u32,
    /// Seconds for each of freshness and reads.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// The first of the three ports to listen on.
    #[arg(long, default_value_t = 19_090)]
    port_base: u16,
}

impl Distributed {
    /// Runs everything and prints it. All roles are in this process, and at last in several; the servers are beside it.
    ///
    /// # Errors
    /// Where something does not work; a benchmark of what is broken is none.
    pub async fn run(&self) -> anyhow::Result<()> {
        let deployment = Deployment::new(On::Servers);
        let configuration = Configuration {
            listen: Listen::from_port_base(self.port_base)?,
            ..deployment.configuration()
        };
        let served = instance::serve(configuration, Roles::all()).await?;
        let instance = &served.instance;
        let raw = load::entries(instance, self.entries).await?;
        let bare = [
            (
                "  bare rdkafka, transactions of 500 ",
                limits::kafka(&deployment, &raw).await?,
            ),
            (
                "  bare CQL, a row an entry          ",
                limits::cql(&deployment, &raw).await?,
            ),
            (
                "  bare bulk, a document an entry    ",
                limits::bulk(&deployment, &raw).await?,
            ),
        ];
        let (taken, known) = load::take_in(instance, raw).await?;
        let rate = per_second(self.entries, taken);
        println!("taken in, raw entry to both views   {rate:>9.0} entries/s");
        for (what, took) in bare {
            compared(what, rate, per_second(self.entries, took), "entries/s");
        }
        let time = Duration::from_secs(self.seconds);
        freshness::measure(instance, known, self.writes_per_s, time).await?;
        let from = Instant::now();
        let replayed = load::rebuild(instance, "catalog").await?;
        println!(
            "replay into a new catalogue view    {:>9.0} records/s",
            replayed as f64 / from.elapsed().as_secs_f64()
        );
        reads::measure(instance.configuration.listen.read, known.episode, time).await?;
        println!(
            "peak memory at the end              {:>9} MiB",
            peak_memory_mib()
        );
        served.close().await;
        takeover::measure().await
    }
}
