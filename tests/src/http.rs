//! A whole instance as its clients have it: both ports, and the key of the first start.

use crate::addresses::free;
use crate::deployment::Deployment;
use anyhow::Context as _;
use mediamesh::configuration::Configuration;
use mediamesh::instance::{Served, serve};
use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::Value;

/// An instance and who asks it.
pub struct Clients {
    /// The instance.
    pub served: Served,
    /// The key of the first start.
    pub key: String,
    http: Client,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The position, where there is one.
    pub position: Option<String>,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// The id in the body.
    #[must_use]
    pub fn id(&self) -> &str {
        self.body["id"].as_str().unwrap_or_default()
    }
}

impl Clients {
    /// Starts the one process of a new deployment.
    ///
    /// # Errors
    /// Those of the start.
    pub async fn start(deployment: &Deployment) -> anyhow::Result<Self> {
        let configuration = Configuration {
            listen: free(),
            ..deployment.configuration()
        };
        let served = serve(configuration, "streams,api-read,api-write".parse()?).await?;
        let key = served.first_key.as_ref().context("a first start")?;
        let key = key.reveal().to_owned();
        Ok(Self {
            served,
            key,
            http: Client::builder().no_proxy().build()?,
        })
    }

    /// Asks the write API or the desk, with the key of the first start.
    ///
    /// # Errors
    /// Where no answer comes.
    pub async fn desk(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Answer> {
        let key = self.key.clone();
        self.desk_as(&key, method, path, body).await
    }

    /// Asks the write API or the desk with another key.
    ///
    /// # Errors
    /// Where no answer comes.
    pub async fn desk_as(
        &self,
        key: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Answer> {
        let at = self.served.instance.configuration.listen.write;
        let asked = self
            .http
            .request(method, format!("http://{at}/api/v1{path}"));
        let asked = asked.bearer_auth(key);
        let asked = if body.is_null() {
            asked
        } else {
            asked.json(&body)
        };
        answer(asked).await
    }

    /// Reads from the desk with the key of the first start, once its views have come to a position.
    ///
    /// # Errors
    /// Where no answer comes.
    pub async fn desk_read(&self, path: &str, position: Option<&str>) -> anyhow::Result<Answer> {
        let at = self.served.instance.configuration.listen.write;
        let asked = self.http.get(format!("http://{at}/api/v1/desk{path}"));
        answer(since(asked.bearer_auth(&self.key), position)).await
    }

    /// Asks the read API as everybody, once its views have come to a position.
    ///
    /// # Errors
    /// Where no answer comes.
    pub async fn read(&self, path: &str, position: Option<&str>) -> anyhow::Result<Answer> {
        let at = self.served.instance.configuration.listen.read;
        let asked = self.http.get(format!("http://{at}/api/v1{path}"));
        answer(since(asked, position)).await
    }
}

fn since(asked: RequestBuilder, position: Option<&str>) -> RequestBuilder {
    match position {
        Some(position) => asked.header("if-position-at-least", position),
        None => asked,
    }
}

async fn answer(asked: RequestBuilder) -> anyhow::Result<Answer> {
    let answer = asked.header(header::ACCEPT_LANGUAGE, "en").send().await?;
    let position = answer.headers().get("position");
    Ok(Answer {
        status: answer.status().as_u16(),
        position: position.and_then(|p| p.to_str().ok()).map(str::to_owned),
        body: serde_json::from_slice(&answer.bytes().await?).unwrap_or_default(),
    })
}
