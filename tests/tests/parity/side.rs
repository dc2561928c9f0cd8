//! A deployment that is served and asked.

use mediamesh::configuration::{Configuration, Roles};
use mediamesh::instance::{Instance, Served, serve};
use mediamesh::operations::{Reply, Request, answer, lag, settled};
use mediamesh_tests::addresses::free;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;

pub struct Side {
    pub served: Served,
    pub key: String,
    http: reqwest::Client,
    read: SocketAddr,
    write: SocketAddr,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    Public,
    Desk,
}

impl Side {
    /// A deployment at its first start.
    pub async fn first(configuration: Configuration) -> Self {
        let mut side = Self::again(configuration, "").await;
        let key = side.served.first_key.as_ref().unwrap();
        key.reveal().clone_into(&mut side.key);
        side
    }

    /// A deployment that has a key.
    pub async fn again(configuration: Configuration, key: &str) -> Self {
        mediamesh::install_tls();
        let listen = free();
        let (read, write) = (listen.read, listen.write);
        let configuration = Configuration {
            listen,
            ..configuration
        };
        // Nobody polls: what is compared stands still.
        let roles: Roles = "streams,api-read,api-write".parse().unwrap();
        let served = once_free(async || serve(configuration.clone(), roles.clone()).await);
        let served = served.await.unwrap();
        let side = Self {
            served,
            key: key.to_owned(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            read,
            write,
        };
        side.settle().await;
        side
    }

    /// Waits until the stages have done all there is.
    pub async fn settle(&self) {
        let instance = &self.served.instance;
        settled(instance).await.unwrap();
        assert_eq!(
            lag(instance).unwrap(),
            0,
            "the stages did not come to an end"
        );
    }

    /// A question that is not asked yet.
    pub fn ask(&self, face: Face, method: Method, path: &str) -> RequestBuilder {
        let address = match face {
            Face::Public => self.read,
            Face::Desk => self.write,
        };
        let asked = self.http.request(method, format!("http://{address}{path}"));
        // An answer names the request that it is to.
        let asked = asked.header("X-Correlation-Id", "parity");
        match face {
            Face::Public => asked,
            Face::Desk => asked.header(AUTHORIZATION, format!("Bearer {}", self.key)),
        }
    }

    /// What is read.
    pub async fn read(&self, face: Face, path: &str) -> Value {
        let answer = self.ask(face, Method::GET, path).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// What a write answers.
    pub async fn write(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text);
        (status, body.unwrap_or(Value::String(text)))
    }
}

/// Imports until the first records of content are there, and ends the instance then.
pub async fn cut_short(instance: &Instance, dir: &Path) {
    let (replies, mut heard) = mpsc::channel(1);
    let request = Request::Import {
        dir: dir.to_owned(),
        dry_run: false,
    };
    let listen = async {
        let mut last = None;
        let mut parts = 0;
        while let Some(reply) = heard.recv().await {
            if let Reply::Progress { what, .. } = &reply {
                parts += usize::from(what.starts_with("topics/"));
                if parts == 6 {
                    instance.cancel.cancel();
                }
            }
            last = Some(reply);
        }
        last
    };
    let ((), last) = tokio::join!(answer(instance, request, replies), listen);
    let Some(Reply::Failed { message }) = last else {
        panic!("it came to its end: {last:?}");
    };
    assert!(message.contains("ending"), "{message}");
}

/// Opens what another of this process has just let go: its last tasks may hold the directory a moment.
pub async fn once_free<T>(open: impl AsyncFn() -> anyhow::Result<T>) -> anyhow::Result<T> {
    for _ in 0..100 {
        match open().await {
            Err(error) if error.to_string().contains("in use") => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            opened => return opened,
        }
    }
    open().await
}
