//! Benchmarks: each figure beside the limit of the same run, because machines are noisy and ratios are not.

mod pipeline;

use clap::{Parser, Subcommand};

/// Benchmarks that print ratios.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// From raw entries to both views, freshness, replay, reads, memory and disk.
    Pipeline(pipeline::Pipeline),
}

fn main() -> anyhow::Result<()> {
    mediamesh::install_tls();
    let Bench::Pipeline(pipeline) = Arguments::parse().bench;
    tokio::runtime::Runtime::new()?.block_on(pipeline.run())
}
