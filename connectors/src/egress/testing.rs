//! What the tests of this module share: a small server on loopback that says exactly what a test
//! wants, resolvers with answers of a test's own, and a scripted [`Fetch`].

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Error, Fetch, Fetched, Policy, Request, Resolve};

/// What a server does on a connection after it has read the head of a request.
pub(super) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
}

/// An answer at once: status and header lines, then the body.
pub(super) fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<Step> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for line in headers {
        head.push_str(line);
        head.push_str("\r\n");
    }
    if !headers
        .iter()
        .any(|line| line.starts_with("content-length"))
    {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    vec![Step::Send([head.as_bytes(), body].concat())]
}

pub(super) fn redirect(code: u16, location: &str) -> Vec<Step> {
    answer(
        &format!("{code} Moved"),
        &[&format!("location: {location}")],
        "moved",
    )
}

/// A server on loopback; every connection is one request.
pub(super) struct Server {
    pub(super) addr: SocketAddr,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn start(handle: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), handle).await
    }

    pub(super) async fn start_at(
        addr: SocketAddr,
        handle: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(addr).await.unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            connections: Arc::default(),
            heads: Arc::default(),
        };
        let (connections, heads) = (Arc::clone(&server.connections), Arc::clone(&server.heads));
        let handle = Arc::new(handle);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (handle, heads) = (Arc::clone(&handle), Arc::clone(&heads));
                tokio::spawn(async move {
                    let _gone = serve(stream, &*handle, &heads).await;
                });
            }
        });
        server
    }

    /// A server that must never be reached.
    pub(super) async fn canary() -> Self {
        Self::start(|_| answer("200 OK", &[], "secret of the private network")).await
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The heads of all requests, in lower case.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    handle: &(dyn Fn(&str) -> Vec<Step> + Send + Sync),
    heads: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) => return Err(error),
        }
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    heads.lock().unwrap().push(head.clone());
    for step in handle(&head) {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await?,
            Step::Wait(time) => tokio::time::sleep(time).await,
        }
    }
    stream.shutdown().await
}

/// The default policy with these servers listed.
pub(super) fn listing(servers: &[&Server]) -> Policy {
    Policy {
        origins: servers
            .iter()
            .map(|server| server.addr.to_string().parse().unwrap())
            .collect(),
        ..Policy::default()
    }
}

/// A resolver that gives one answer after another, the last one for ever.
pub(super) struct Answers {
    left: Mutex<VecDeque<Vec<IpAddr>>>,
    pub(super) asked: AtomicUsize,
}

impl Answers {
    pub(super) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let ips = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            left: Mutex::new(answers.iter().map(ips).collect()),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Resolve for Answers {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut left = self.left.lock().unwrap();
        let answer = if left.len() > 1 {
            left.pop_front()
        } else {
            left.front().cloned()
        };
        answer.ok_or_else(|| io::Error::other("no such name"))
    }
}

/// A [`Fetch`] that answers by a script and counts.
pub(super) struct Script<A> {
    answer: A,
    pub(super) calls: AtomicUsize,
}

impl<A> Script<A> {
    /// `answer` gets the request and the number of the call, from 1.
    pub(super) fn new(answer: A) -> Arc<Self> {
        Arc::new(Self {
            answer,
            calls: AtomicUsize::new(0),
        })
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl<A, R> Fetch for Script<A>
where
    A: Fn(Request, usize) -> R + Send + Sync,
    R: Future<Output = Result<Fetched, Error>> + Send,
{
    async fn fetch(&self, request: Request) -> Result<Fetched, Error> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        (self.answer)(request, call).await
    }
}

pub(super) fn good() -> Result<Fetched, Error> {
    Ok(Fetched::Body {
        bytes: Bytes::from_static(b"good"),
        final_url: "https://example.org/".into(),
        permanent_url: None,
        etag: None,
        last_modified: None,
        links: Vec::new(),
        content_type: None,
        max_age_s: None,
        retry_after_s: None,
        status: 200,
    })
}

pub(super) fn status(code: u16) -> Result<Fetched, Error> {
    Err(Error::Status {
        code,
        retry_after_s: None,
    })
}
