//! A small server on loopback that answers as a test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) struct Server {
    pub(super) addr: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

/// An answer: status, header lines, body.
pub(super) fn answer(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

pub(super) fn ok(headers: &[&str], body: &str) -> String {
    answer("200 OK", headers, body)
}

impl Server {
    /// `handle` gets a request's head in lower case.
    pub(super) async fn answering(handle: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let heads = Arc::default();
        let (heard, handle) = (Arc::clone(&heads), Arc::new(handle));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (heard, handle) = (Arc::clone(&heard), Arc::clone(&handle));
                tokio::spawn(async move {
                    let head = read_head(stream, &heard, &*handle).await;
                    drop(head);
                });
            }
        });
        Self { addr, heads }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The paths that were asked for.
    pub(super) fn paths(&self) -> Vec<String> {
        let path = |head: String| head.split(' ').nth(1).map(str::to_owned);
        self.heads().into_iter().filter_map(path).collect()
    }
}

async fn read_head(
    mut stream: TcpStream,
    heard: &Mutex<Vec<String>>,
    handle: &(dyn Fn(&str) -> String + Send + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    heard.lock().unwrap().push(head.clone());
    stream.write_all(handle(&head).as_bytes()).await?;
    stream.shutdown().await
}
