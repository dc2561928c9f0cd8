//! Benchmarks: each figure beside the limit of the same run, because machines are noisy and ratios are not.

mod distributed;
mod ingest;
mod pipeline;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

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
    /// The same over the real servers (`./dev services up`).
    Distributed(distributed::Distributed),
    /// Feeds' bytes to fields, per format, beside feed-rs.
    Ingest(ingest::Ingest),
}

fn main() -> anyhow::Result<ExitCode> {
    // The processes of a deployment that is measured from outside are this program too.
    if std::env::args().nth(1).as_deref() == Some("run") {
        return Ok(mediamesh::main());
    }
    mediamesh::install_tls();
    match Arguments::parse().bench {
        Bench::Pipeline(pipeline) => tokio::runtime::Runtime::new()?.block_on(pipeline.run())?,
        Bench::Distributed(distributed) => {
            tokio::runtime::Runtime::new()?.block_on(distributed.run())?;
        }
        Bench::Ingest(ingest) => ingest.run()?,
    }
    Ok(ExitCode::SUCCESS)
}
