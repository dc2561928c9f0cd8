//! What several tests need.

use bytes::Bytes;
use mediamesh_domain::position::Seq;
use mediamesh_ports::cache::Cached;
use mediamesh_ports::contract::{SOON, server};
use mediamesh_redis::{Redis, Settings};
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The settings of the real server, with keys that are no other test's, and patience: a test asks what is answered,
/// not how soon.
pub fn settings() -> Settings {
    at(&server("REDIS"))
}

/// The same, at another address.
pub fn at(url: &str) -> Settings {
    Settings {
        prefix: format!("test:{}:", uuid::Uuid::now_v7().simple()),
        deadline: SOON,
        response_timeout: SOON,
        ..Settings::new(url)
    }
}

/// Sets the client up.
pub fn open(settings: &Settings) -> Redis {
    Redis::open(settings.clone()).expect("settings that can be used")
}

/// A connection of the test's own.
pub async fn raw() -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server("REDIS")).expect("an address");
    let connection = client.get_multiplexed_async_connection().await;
    connection.expect("the server")
}

/// A small value.
pub fn value(seq: i64) -> Cached {
    Cached {
        seq: Seq(seq),
        bytes: Bytes::from_static(b"value"),
    }
}

/// Waits until something holds.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let done = tokio::time::timeout(SOON, waiting).await;
    assert!(done.is_ok(), "{what}");
}

/// A way to the real server that can be cut.
pub struct Way {
    /// Its address.
    pub url: String,
    open: watch::Sender<bool>,
}

impl Way {
    /// Opens it.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("redis://{}", listener.local_addr().expect("an address"));
        let upstream = server("REDIS").replace("redis://", "");
        let (open, state) = watch::channel(true);
        tokio::spawn(run(listener, upstream, state));
        Self { url, open }
    }

    /// Cuts every connection, and new ones as they come.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

/// Ends with the test's runtime, or with the [`Way`].
async fn run(listener: TcpListener, upstream: String, mut open: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            changed = open.changed() => match changed {
                Ok(()) if *open.borrow() => {}
                Ok(()) => connections.abort_all(),
                Err(_) => return,
            },
            accepted = listener.accept() => {
                let (mut near, _) = accepted.expect("a connection");
                if *open.borrow() {
                    let mut far = TcpStream::connect(&upstream).await.expect("the server");
                    connections.spawn(async move { copy_bidirectional(&mut near, &mut far).await });
                }
            }
        }
    }
}
