//! How long after its acknowledgement a write can be read, and found.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use super::load::Published;
use mediamesh::instance::Instance;
use mediamesh_domain::id::EpisodeId;
use mediamesh_domain::position::Position;
use mediamesh_domain::verdict::Outcome;
use mediamesh_domain::view::View;
use mediamesh_ports::progress::Progress as _;
use mediamesh_tests::commands::{ask, command, rename_episode};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest that a view is waited for.
const LONGEST: Duration = Duration::from_secs(30);

/// Times of one write, from its acknowledgement.
struct Times {
    acknowledged: Duration,
    readable: Duration,
    searchable: Duration,
}

/// Writes at a rate and prints the quantiles.
pub async fn measure(
    instance: &Arc<Instance>,
    known: Published,
    per_second: u32,
    time: Duration,
) -> anyhow::Result<()> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
    let from = Instant::now();
    let mut writes = Vec::new();
    let mut n = 0_u64;
    while from.elapsed() < time {
        ticks.tick().await;
        n += 1;
        let instance = Arc::clone(instance);
        writes.push(tokio::spawn(async move { one(&instance, known, n).await }));
    }
    let mut times = Vec::new();
    for write in writes {
        times.push(write.await??);
    }
    println!(
        "at {} writes/s, {} writes               p50      p95      p99 (ms)",
        per_second,
        times.len()
    );
    quantiles("  asked -> acknowledged          ", &times, |t| {
        t.acknowledged
    });
    quantiles("  acknowledged -> readable       ", &times, |t| t.readable);
    quantiles("  acknowledged -> searchable     ", &times, |t| {
        t.searchable
    });
    Ok(())
}

async fn one(instance: &Instance, known: Published, n: u64) -> anyhow::Result<Times> {
    let asked = Instant::now();
    let body = rename_episode(EpisodeId(known.episode), &format!("title number {n}"));
    let verdict = ask(instance, command(known.program, body)).await?;
    let from = Instant::now();
    let Outcome::Accepted(accepted) = verdict.outcome else {
        anyhow::bail!("refused: {verdict:?}")
    };
    let position = Position::at(accepted.partition, accepted.seq);
    let late = |_| anyhow::anyhow!("a view did not come that far");
    instance
        .progress
        .reach(View::Catalog, &position, LONGEST)
        .await
        .map_err(late)?;
    let readable = from.elapsed();
    instance
        .progress
        .reach(View::Search, &position, LONGEST)
        .await
        .map_err(late)?;
    Ok(Times {
        acknowledged: from - asked,
        readable,
        searchable: from.elapsed(),
    })
}

fn quantiles(what: &str, times: &[Times], of: impl Fn(&Times) -> Duration) {
    let mut all: Vec<f64> = times
        .iter()
        .map(|t| of(t).as_secs_f64() * 1_000.0)
        .collect();
    all.sort_by(f64::total_cmp);
    let at = |q: f64| {
        all.get(((all.len() as f64 * q) as usize).min(all.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0.0)
    };
    println!(
        "{what} {:>8.1} {:>8.1} {:>8.1}",
        at(0.50),
        at(0.95),
        at(0.99)
    );
}
