//! Two sample feeds, served over real HTTP on the loopback interface, so that the first start has something to show.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// The feeds by file name.
const FEEDS: [(&str, &str); 2] = [
    ("english.xml", include_str!("../../samples/english.xml")),
    ("arabic.xml", include_str!("../../samples/arabic.xml")),
];

/// The port that the samples prefer: their address is their identity, so it should stay the same.
const PORT: u16 = 18_080;

/// The samples being served.
#[derive(Debug)]
pub struct Samples(SocketAddr);

impl Samples {
    /// Serves the samples until the process ends.
    ///
    /// # Errors
    /// Where the loopback interface gives no port.
    pub async fn serve() -> anyhow::Result<Self> {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let listener = match TcpListener::bind(loopback(PORT)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind(loopback(0)).await?,
        };
        let address = listener.local_addr()?;
        let router = Router::new().route("/{file}", get(feed));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self(address))
    }

    /// The origin that the egress client must be let to.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.to_string()
    }

    /// The feeds' addresses.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        FEEDS
            .iter()
            .map(|(file, _)| format!("http://{}/{file}", self.0))
            .collect()
    }
}

async fn feed(Path(file): Path<String>) -> Response {
    match FEEDS.iter().find(|(name, _)| *name == file) {
        Some((_, text)) => {
            let kind = [(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")];
            (kind, *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
