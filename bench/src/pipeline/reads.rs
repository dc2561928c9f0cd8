//! Reads by id over HTTP, beside a bare axum handler that returns the same bytes.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use uuid::Uuid;

/// Clients at once.
const CLIENTS: usize = 32;
/// Turns of each side: A B A B, so that a drift of the machine meets both.
const TURNS: u32 = 4;

/// Asks both sides in turn and prints the ratio.
pub async fn measure(read: SocketAddr, episode: Uuid, time: Duration) -> anyhow::Result<()> {
    let ours = format!("http://{read}/api/v1/episodes/{episode}");
    let body = reqwest::get(&ours)
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    let bare = bare(body).await?;
    let turn = time / TURNS;
    let (mut our_count, mut bare_count) = (0, 0);
    for _ in 0..TURNS {
        our_count += requests(&ours, turn).await?;
        bare_count += requests(&bare, turn).await?;
    }
    let seconds = time.as_secs_f64();
    let (our_rate, bare_rate) = (our_count as f64 / seconds, bare_count as f64 / seconds);
    println!(
        "reads by id                         {our_rate:>9.0} requests/s with {CLIENTS} clients in this process"
    );
    super::compared(
        "  bare axum, same bytes             ",
        our_rate,
        bare_rate,
        "requests/s",
    );
    Ok(())
}

async fn bare(body: Bytes) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/", get(move || std::future::ready(body.clone())));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/"))
}

async fn requests(url: &str, time: Duration) -> anyhow::Result<u64> {
    let count = Arc::new(AtomicU64::new(0));
    let client = reqwest::Client::builder().no_proxy().build()?;
    let until = Instant::now() + time;
    let clients = (0..CLIENTS).map(|_| {
        let (client, count, url) = (client.clone(), Arc::clone(&count), url.to_owned());
        tokio::spawn(async move {
            while Instant::now() < until {
                client
                    .get(&url)
                    .send()
                    .await?
                    .error_for_status()?
                    .bytes()
                    .await?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, reqwest::Error>(())
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await??;
    }
    Ok(count.load(Ordering::Relaxed))
}
