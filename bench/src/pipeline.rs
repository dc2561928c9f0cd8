//! `./dev bench pipeline`: the whole way in one process, beside bare fjall, bare tantivy and bare axum.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

pub(crate) mod freshness;
mod limits;
pub(crate) mod load;
pub(crate) mod reads;

use clap::Args;
use mediamesh::configuration::{Configuration, Listen, Roles};
use mediamesh::instance;
use std::time::{Duration, Instant};

/// From raw entries to both views, freshness, replay, reads, memory and disk.
#[derive(Args)]
pub struct Pipeline {
    /// How many entries to take in.
    #[arg(long, default_value_t = 100_000)]
    entries: usize,
    /// Writes a second while freshness is measured.
    #[arg(long, default_value_t = 200)]
    writes_per_s: u32,
    /// Seconds for each of freshness and reads.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Take the entries in and measure nothing else: for a profile of the load.
    #[arg(long)]
    load_only: bool,
    /// The first of the three ports to listen on.
    #[arg(long, default_value_t = 19_080)]
    port_base: u16,
}

impl Pipeline {
    /// Runs everything and prints it.
    ///
    /// # Errors
    /// Where something does not work; a benchmark of what is broken is none.
    pub async fn run(&self) -> anyhow::Result<()> {
        let directory = tempfile::tempdir()?;
        let configuration = Configuration {
            data_dir: directory.path().to_owned(),
            listen: Listen::from_port_base(self.port_base)?,
            ..Configuration::default()
        };
        let served = instance::serve(configuration, Roles::all()).await?;
        let instance = &served.instance;

        let raw = load::entries(instance, self.entries).await?;
        let bytes: usize = raw
            .iter()
            .map(|record| record.value.as_ref().map_or(0, Vec::len))
            .sum();
        println!(
            "{} raw entries, {} bytes each on average",
            self.entries,
            bytes / self.entries.max(1)
        );

        let bare_log = limits::bare_fjall(&raw)?;
        let bare_search = limits::bare_tantivy(self.entries)?;
        forget_peak_memory()?;
        let (taken, known) = load::take_in(instance, raw).await?;
        let rate = per_second(self.entries, taken);
        println!("taken in, raw entry to both views   {rate:>9.0} entries/s");
        compared(
            "  bare fjall, same raw bytes, synced",
            rate,
            per_second(self.entries, bare_log),
            "entries/s",
        );
        compared(
            "  bare tantivy, title and text      ",
            rate,
            per_second(self.entries, bare_search),
            "entries/s",
        );
        println!(
            "disk per entry                      {:>9} bytes (log, state and views)",
            instance.stores.disk_bytes() / self.entries.max(1) as u64
        );
        println!(
            "peak memory of the load             {:>9} MiB, {} MiB of it the entries not yet taken in",
            peak_memory_mib(),
            bytes >> 20
        );

        if self.load_only {
            served.close().await;
            return Ok(());
        }
        freshness::measure(
            instance,
            known,
            self.writes_per_s,
            Duration::from_secs(self.seconds),
        )
        .await?;

        let from = Instant::now();
        let replayed = load::rebuild(instance, "catalog").await?;
        println!(
            "replay into a new catalogue view    {:>9.0} records/s",
            replayed as f64 / from.elapsed().as_secs_f64()
        );

        let read = instance.configuration.listen.read;
        reads::measure(read, known.episode, Duration::from_secs(self.seconds)).await?;
        println!(
            "peak memory at the end              {:>9} MiB",
            peak_memory_mib()
        );
        served.close().await;
        Ok(())
    }
}

pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// A limit of the same run, and how much of it was reached.
pub(crate) fn compared(what: &str, ours: f64, limit: f64, unit: &str) {
    println!(
        "{what} {limit:>8.0} {unit}; reached {:.0} %",
        100.0 * ours / limit
    );
}

/// Begins the account of [`peak_memory_mib`] anew (proc_pid_clear_refs(5), 5).
pub(crate) fn forget_peak_memory() -> anyhow::Result<()> {
    Ok(std::fs::write("/proc/self/clear_refs", "5")?)
}

/// The most memory that this process has held, from the kernel's account (VmHWM).
pub(crate) fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
