//! A whole instance that may fetch from the player, and what its readers and its desk see.

use super::player::Player;
use mediamesh::configuration::{Configuration, Egress, YouTube};
use mediamesh::instance::{Served, new_id, serve};
use mediamesh::operations;
use mediamesh_connectors::scheduler::PollError;
use mediamesh_connectors::source::RunReport;
use mediamesh_domain::control::{ControlBody, CreateSource};
use mediamesh_domain::id::{CommandId, ProgramId, SourceId};
use mediamesh_domain::model::{Policy, SourceFields, SourceFormat, SourcePolicies};
use mediamesh_ports::control::Control as _;
use mediamesh_tests::addresses::free;
use mediamesh_tests::deployment::{Deployment, On};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// Looks at something up to so often, with [`PAUSE`] between.
const LOOKS: usize = 1_200;
const PAUSE: Duration = Duration::from_millis(25);

pub struct Scene {
    pub player: Player,
    pub served: Served,
    pub http: reqwest::Client,
    pub key: String,
    read: SocketAddr,
    pub write: SocketAddr,
    _deployment: Deployment,
}

impl Scene {
    pub async fn open(on: On) -> Self {
        let (player, deployment) = (Player::start().await, Deployment::new(on));
        let listen = free();
        let (read, write) = (listen.read, listen.write);
        let configuration = Configuration {
            listen,
            egress: Egress {
                origins: vec![player.address.to_string()],
                max_bytes: 100_000,
                ..Egress::default()
            },
            youtube: YouTube {
                base: player.url("/youtube"),
                ..YouTube::default()
            },
            secrets: secrets(),
            ..deployment.configuration()
        };
        let roles = "streams,api-read,api-write".parse().unwrap();
        let served = serve(configuration, roles).await.unwrap();
        let key = served.first_key.as_ref().unwrap().reveal().to_owned();
        Self {
            player,
            key,
            served,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            read,
            write,
            _deployment: deployment,
        }
    }

    pub async fn close(self) {
        self.served.close().await;
    }

    /// Makes a source that publishes, of a path of the player unless an address is named.
    pub async fn source(&self, name: &str, path: &str, said: SourceFields) -> SourceId {
        let url = match said.url.is_empty() && said.format != SourceFormat::Push {
            true => self.player.url(path),
            false => said.url.clone(),
        };
        let source_id = match url.is_empty() {
            true => SourceId::of_address(&format!("name:{name}")),
            false => SourceId::of_address(&url),
        };
        let publish = SourcePolicies::both(Policy::Publish);
        let fields = SourceFields {
            name: name.to_owned(),
            url,
            interval_s: 86_400,
            policies: publish,
            ..said
        };
        let body = ControlBody::CreateSource(CreateSource { source_id, fields });
        let instance = &self.served.instance;
        let made = instance.decide_control(CommandId(new_id()), body).await;
        made.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        self.until(name, async || {
            instance.control.current().sources.contains_key(&source_id)
        })
        .await;
        source_id
    }

    /// Polls a source, and waits until what it said has gone through.
    pub async fn poll(&self, source: SourceId) -> Result<RunReport, PollError> {
        let polled = self.served.instance.scheduler.poll_now(source, None).await;
        self.settle().await;
        polled
    }

    /// Waits until the stages have done all there is.
    pub async fn settle(&self) {
        let instance = &self.served.instance;
        operations::settled(instance).await.unwrap();
        let left = operations::lag(instance).unwrap();
        assert_eq!(left, 0, "the stages did not come to an end");
    }

    /// Waits until something holds.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        for _ in 0..LOOKS {
            if holds().await {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{what}: it did not come to that");
    }

    /// A public answer, as anybody gets it.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.http.get(format!("http://{}{path}", self.read));
        answer.send().await.unwrap().json().await.unwrap()
    }

    /// A desk's answer.
    pub async fn desk(&self, path: &str) -> Value {
        let answer = self.http.get(format!("http://{}{path}", self.write));
        let answer = answer.header(AUTHORIZATION, format!("Bearer {}", self.key));
        answer.send().await.unwrap().json().await.unwrap()
    }

    /// What the write API says to a request: the status and the body.
    pub async fn post(&self, path: &str, media_type: &str, body: String) -> (u16, Value) {
        let request = self.http.post(format!("http://{}{path}", self.write));
        let request = request.header(AUTHORIZATION, format!("Bearer {}", self.key));
        let request = request.header(CONTENT_TYPE, media_type).body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap())
    }

    /// The titles of a program's episodes as readers get them, sorted.
    pub async fn titles(&self, program: &str) -> Vec<String> {
        let id = id_of(&self.read("/api/v1/programs?limit=100").await, program);
        let path = format!("/api/v1/programs/{id}/episodes?limit=100");
        titles(&self.read(&path).await)
    }

    /// The same as editors get them, drafts too.
    pub async fn drafts(&self, program: &str) -> Vec<String> {
        let id = self.program(program).await;
        let path = format!("/api/v1/desk/programs/{id}/episodes?limit=100");
        titles(&self.desk(&path).await)
    }

    /// The program of a title.
    pub async fn program(&self, title: &str) -> ProgramId {
        let programs = self.desk("/api/v1/desk/programs?limit=100").await;
        id_of(&programs, title).parse().unwrap()
    }

    /// How a source fares, as the desk says, once something holds of it.
    pub async fn health(
        &self,
        source: SourceId,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let path = format!("/api/v1/desk/sources/{source}");
        let health = async || self.desk(&path).await["health"].clone();
        self.until(what, async || holds(&health().await)).await;
        health().await
    }

    /// How a source fares, once its last run came to its end.
    pub async fn healthy(&self, source: SourceId) -> Value {
        self.health(source, "healthy", |health| health["state"] == "ok")
            .await
    }
}

/// The id of the program of a title in a list.
fn id_of(list: &Value, title: &str) -> String {
    let mut cards = list["data"].as_array().unwrap().iter();
    let card = cards.find(|card| card["title"] == title);
    let card = card.unwrap_or_else(|| panic!("no {title:?} in {list:#}"));
    card["id"].as_str().unwrap().to_owned()
}

fn titles(list: &Value) -> Vec<String> {
    let cards = list["data"].as_array().unwrap().iter();
    let mut titles: Vec<String> = cards
        .map(|card| card["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort();
    titles
}

/// The secret `tube`: a key of YouTube's Data API.
fn secrets() -> std::collections::BTreeMap<String, mediamesh::configuration::secrets::NamedSecret> {
    let text = "[secrets.tube]\nkind = \"query\"\nname = \"key\"\nvalue = \"a-key\"";
    let read = Configuration::read(Some(("test", text)), std::collections::HashMap::new());
    read.unwrap().secrets
}
