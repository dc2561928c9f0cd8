//! Views that are built anew, switched to and switched back, while writes are made and read: no answer is ever older
//! than the position that it is asked for. On the servers, who asks is neither who runs the sinks nor who answers reads.

use mediamesh::configuration::Configuration;
use mediamesh::instance::{Instance, Purpose, Served, serve};
use mediamesh::operations::{IngestRequest, Material, Request, outcome};
use mediamesh_domain::model::Policy;
use mediamesh_domain::view::View;
use mediamesh_tests::addresses::free;
use mediamesh_tests::deployment::{Deployment, On};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

mediamesh_tests::on_both!(
    a_version_is_gone_back_to_whatever_the_newer_one_says,
    every_view_is_rebuilt_switched_and_switched_back_beside_writes_and_reads,
);

/// How long a read may wait for what was written, in all.
const PATIENCE: Duration = Duration::from_secs(60);
/// Writes that are made and read between any two steps.
const BETWEEN: usize = 6;

/// A deployment at work.
struct Scene {
    deployment: Deployment,
    /// Runs the stages.
    streams: Served,
    /// Answers, where that is another process.
    apis: Option<Served>,
    read: SocketAddr,
    write: SocketAddr,
    key: String,
    http: Client,
}

async fn start(configuration: Configuration, roles: &str) -> (Served, SocketAddr, SocketAddr) {
    let listen = free();
    let (read, write) = (listen.read, listen.write);
    let configuration = Configuration {
        listen,
        ..configuration
    };
    let served = serve(configuration, roles.parse().unwrap()).await.unwrap();
    (served, read, write)
}

impl Scene {
    async fn begin(on: On) -> Self {
        let deployment = Deployment::new(on);
        let roles = match on {
            On::DataDirectory => "streams,api-read,api-write",
            On::Servers => "streams",
        };
        let (streams, mut read, mut write) = start(deployment.node("a"), roles).await;
        let key = streams.first_key.as_ref().unwrap().reveal().to_owned();
        let mut apis = None;
        if on == On::Servers {
            let started = start(deployment.node("b"), "api-read,api-write").await;
            (read, write) = (started.1, started.2);
            apis = Some(started.0);
        }
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20));
        Self {
            deployment,
            streams,
            apis,
            read,
            write,
            key,
            http: http.build().unwrap(),
        }
    }

    /// Asks as an operator does: on a data directory the process that runs, on the servers one of its own.
    async fn operate(&self, request: Request) -> anyhow::Result<Value> {
        if self.apis.is_none() {
            return outcome(&self.streams.instance, request).await;
        }
        let question = Instance::open(self.deployment.node("a"), Purpose::Operate).await?;
        let answer = outcome(&question, request).await;
        question.end().await;
        answer
    }

    async fn ingest(&self) {
        let feed = "<rss version=\"2.0\"><channel><title>Quay</title><language>en</language>\
            <description>About it</description><item><title>Quay 1</title><guid>quay-1</guid>\
            <pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate>\
            <enclosure url=\"https://media.example.com/1.mp3\" type=\"audio/mpeg\" length=\"1\"/></item></channel></rss>";
        let request = IngestRequest {
            name: Some("Quay".to_owned()),
            policy: Policy::Publish,
            material: Material::Bytes {
                name: "Quay".to_owned(),
                bytes: feed.as_bytes().to_vec(),
            },
        };
        let taken = self.operate(Request::Ingest(request)).await.unwrap();
        assert_eq!(taken["undecided"], 0, "{taken:#}");
    }

    async fn close(self) {
        if let Some(apis) = self.apis {
            apis.close().await;
        }
        self.streams.close().await;
    }

    /// Begins to write and read in the background.
    async fn traffic(&self) -> Traffic {
        let (stop, turns) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let writer = Writer {
            http: self.http.clone(),
            read: self.read,
            write: self.write,
            key: self.key.clone(),
        };
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&turns));
        let work = tokio::spawn(writer.work(stopped, counted));
        let traffic = Traffic { stop, turns, work };
        traffic.goes_on().await;
        traffic
    }
}

/// Writes and reads that go on in the background.
struct Traffic {
    stop: Arc<AtomicBool>,
    turns: Arc<AtomicUsize>,
    work: JoinHandle<()>,
}

impl Traffic {
    /// Waits until some more is written and read.
    async fn goes_on(&self) {
        let enough = self.turns.load(Ordering::SeqCst) + BETWEEN;
        while self.turns.load(Ordering::SeqCst) < enough {
            if self.work.is_finished() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!self.work.is_finished(), "an answer was wrong");
    }

    async fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.work.await.unwrap();
    }
}

/// One who writes, and reads what was written.
struct Writer {
    http: Client,
    read: SocketAddr,
    write: SocketAddr,
    key: String,
}

impl Writer {
    async fn work(self, stop: Arc<AtomicBool>, turns: Arc<AtomicUsize>) {
        let (made, _) = self
            .put(reqwest::Method::POST, "programs?publish=true", "word0")
            .await;
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("programs/{id}?publish=true");
        for n in 1_usize.. {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            let word = format!("word{n}");
            let (written, position) = self.put(reqwest::Method::PATCH, &path, &word).await;
            self.reads(&id, &word, &written, &position).await;
            turns.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Writes a title; gives the answer and its position.
    async fn put(&self, method: reqwest::Method, path: &str, title: &str) -> (Value, String) {
        let asked = self
            .http
            .request(method, format!("http://{}/api/v1/{path}", self.write))
            .bearer_auth(&self.key)
            .json(&json!({ "title": { "en": title } }));
        let answer = asked.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let written: Value = answer.json().await.unwrap();
        assert!(
            [StatusCode::OK, StatusCode::CREATED].contains(&status),
            "{status}: {written:#}"
        );
        let position = headers["position"].to_str().unwrap().to_owned();
        (written, position)
    }

    /// Reads what was written in each view, at its position.
    async fn reads(&self, id: &str, word: &str, written: &Value, position: &str) {
        let path = format!("http://{}/api/v1/programs/{id}?lang=en", self.read);
        let shown = self.at(&path, position).await;
        assert_eq!(shown["title"], word, "an older document was read");
        let path = format!("http://{}/api/v1/search?q={word}", self.read);
        let found = self.at(&path, position).await;
        assert_eq!(found["data"][0]["id"], id, "{word} is not found: {found:#}");
        let desk = format!("http://{}/api/v1", self.write);
        let path = format!("{desk}/desk/programs/{id}/history?limit=1");
        let history = self.at(&path, position).await;
        let version = history["data"][0]["version"].as_i64();
        assert!(
            version.is_some() && version >= written["version"].as_i64(),
            "{version:?} of {written:#}"
        );
        let command = written["command_id"].as_str();
        let command = command.unwrap_or_else(|| panic!("{written:#}"));
        let verdict = self.once(&format!("{desk}/commands/{command}")).await;
        assert_ne!(verdict["state"], "refused", "{verdict:#}");
        let runs = self.once(&format!("{desk}/desk/runs")).await;
        assert_eq!(runs["data"].as_array().map(Vec::len), Some(1), "{runs:#}");
    }

    /// Reads at a position, again where the view is not there in time.
    async fn at(&self, path: &str, position: &str) -> Value {
        let from = Instant::now();
        loop {
            let asked = self.http.get(path).bearer_auth(&self.key);
            let asked = asked.header("if-position-at-least", position);
            let answer = asked.send().await.unwrap();
            let status = answer.status();
            let said: Value = answer.json().await.unwrap();
            if status == StatusCode::OK {
                return said;
            }
            assert_eq!(status, StatusCode::PRECONDITION_FAILED, "{path}: {said:#}");
            assert!(from.elapsed() < PATIENCE, "{path}: {said:#}");
        }
    }

    async fn once(&self, path: &str) -> Value {
        let asked = self.http.get(path).bearer_auth(&self.key).send();
        let answer = asked.await.unwrap();
        let status = answer.status();
        let said: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {said:#}");
        said
    }
}

fn rebuild(view: View, switch: bool) -> Request {
    let view = view.as_str().to_owned();
    Request::Rebuild { view, switch }
}

fn back(view: View) -> Request {
    let view = view.as_str().to_owned();
    Request::SwitchBack { view }
}

async fn every_view_is_rebuilt_switched_and_switched_back_beside_writes_and_reads(on: On) {
    let scene = Scene::begin(on).await;
    scene.ingest().await;
    let none = scene.operate(back(View::Catalog)).await.unwrap_err();
    assert!(none.to_string().contains("no version"), "{none:#}");
    let traffic = scene.traffic().await;
    for view in View::ALL {
        let rebuilt = scene.operate(rebuild(view, true)).await.unwrap();
        assert_eq!(
            (&rebuilt["to"], &rebuilt["switched"]),
            (&json!(2), &json!(true)),
            "{rebuilt:#}"
        );
        assert_eq!(rebuilt["differences"], 0, "{rebuilt:#}");
        assert!(
            rebuilt["compared"]["equal"].as_u64() > Some(0),
            "{rebuilt:#}"
        );
        traffic.goes_on().await;
    }
    for view in View::ALL {
        let gone_back = scene.operate(back(view)).await.unwrap();
        assert_eq!(
            (&gone_back["from"], &gone_back["to"]),
            (&json!(2), &json!(1)),
            "{gone_back:#}"
        );
        assert_eq!(gone_back["differences"], 0, "{gone_back:#}");
        traffic.goes_on().await;
    }
    traffic.end().await;
    scene.close().await;
}

/// The newer version is spoilt by hand: what is doubted is left without asking it, and never taken up again.
async fn a_version_is_gone_back_to_whatever_the_newer_one_says(on: On) {
    use mediamesh_domain::position::Seq;
    use mediamesh_domain::view::{RowKey, RowWrite, Table, ViewVersion};

    let scene = Scene::begin(on).await;
    scene.ingest().await;
    let traffic = scene.traffic().await;
    traffic.end().await;
    let view = View::History;
    scene.operate(rebuild(view, true)).await.unwrap();
    let stray = RowWrite {
        key: RowKey::new(Table::History, "episode/x", 1_i64.to_be_bytes()),
        seq: Seq(1),
        value: Some((Vec::new(), b"{}".to_vec())),
    };
    let views = &scene.streams.instance.stores.views;
    let second = ViewVersion::new(view, 2);
    views.apply(second, vec![stray]).await.unwrap();
    let gone_back = scene.operate(back(view)).await.unwrap();
    assert_eq!(gone_back["differences"], 1, "{gone_back:#}");
    assert_eq!(gone_back["compared"]["only_old"], 1, "{gone_back:#}");
    let again = scene.operate(rebuild(view, false)).await.unwrap();
    assert_eq!(
        (&again["from"], &again["to"], &again["differences"]),
        (&json!(1), &json!(3), &json!(0)),
        "{again:#}"
    );
    scene.close().await;
}
