//! Listening: a port that is taken is one clear line, and every server drains when the instance ends.

use anyhow::{Context as _, anyhow};
use axum::Router;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Takes an address; `flag` is what moves it.
///
/// # Errors
/// Where the address is taken, or not this machine's.
pub async fn bind(what: &str, address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(anyhow!(
            "the {what} cannot listen on {address}: the port is taken; use {flag} or --port-base"
        )),
        Err(error) => {
            Err(error).with_context(|| format!("the {what} cannot listen on {address}; see {flag}"))
        }
    }
}

/// Serves until `cancel` is cancelled, then answers what has been asked and ends.
pub fn serve(listener: TcpListener, router: Router, cancel: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(async move { cancel.cancelled().await })
            .await;
        if let Err(error) = served {
            tracing::error!(error = %error, "a server ended");
        }
    })
}
