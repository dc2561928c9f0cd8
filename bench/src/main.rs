//! Benchmarks: each figure beside the limit of the same run, because machines are noisy and ratios are not.

mod ingest;
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
    /// Feeds' bytes to fields, per format, beside feed-rs.
    Ingest(ingest::Ingest),
}

fn main() -> anyhow::Result<()> {
    mediamesh::install_tls();
    match Arguments::parse().bench {
        Bench::Pipeline(pipeline) => tokio::runtime::Runtime::new()?.block_on(pipeline.run()),
        Bench::Ingest(ingest) => ingest.run(),
    }
}
