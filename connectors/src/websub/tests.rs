//! Subscriptions from end to end: a feed and its hub on loopback.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::RunId;
use mediamesh_domain::model::SourceFields;
use mediamesh_domain::position::{Seq, Version};
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::objects;
use sha2::Sha256;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::egress::{Client, Policy};
use crate::scheduler::Runs;
use crate::source::{FailedRun, Job, RunReport};

use super::*;

const TOPIC: &str = "https://feeds.example/quay.xml";

/// A hub that takes subscriptions, or not, and writes them down.
struct Hub {
    addr: std::net::SocketAddr,
    forms: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
}

impl Hub {
    async fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let forms = Arc::<Mutex<Vec<_>>>::default();
        let heard = Arc::clone(&forms);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap().to_lowercase();
                assert!(head.starts_with("post /hub "), "{head}");
                let length = head.split("content-length: ").nth(1).unwrap();
                let length = length.lines().next().unwrap().parse().unwrap();
                let mut body = vec![0; length];
                stream.read_exact(&mut body).await.unwrap();
                let form = url::form_urlencoded::parse(&body).into_owned().collect();
                heard.lock().unwrap().push(form);
                let answer =
                    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
                let _closed = stream.shutdown().await;
            }
        });
        Self { addr, forms }
    }

    fn url(&self) -> String {
        format!("http://{}/hub", self.addr)
    }

    fn forms(&self) -> Vec<BTreeMap<String, String>> {
        self.forms.lock().unwrap().clone()
    }
}

#[derive(Default)]
struct Store(Mutex<BTreeMap<String, Vec<u8>>>);

#[async_trait]
impl Objects for Store {
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), objects::Error> {
        self.0.lock().unwrap().insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, objects::Error> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    async fn delete(&self, _: &str) -> Result<(), objects::Error> {
        Ok(())
    }

    async fn list(&self, _: &str, _: &str, _: usize) -> Result<Vec<String>, objects::Error> {
        Ok(Vec::new())
    }
}

struct Said(Mutex<Arc<ControlState>>);

#[async_trait]
impl Control for Said {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.0.lock().unwrap())
    }

    async fn reach(&self, _: Seq, _: Duration) -> bool {
        true
    }
}

#[derive(Default)]
struct Seconds(AtomicI64);

impl Clock for Seconds {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst) * 1_000_000)
    }

    fn run_id(&self) -> RunId {
        RunId(Uuid::nil())
    }
}

/// Runs that find a hub.
struct Finds(Option<(String, String)>);

#[async_trait]
impl Runs for Finds {
    async fn run(&self, job: &Job, _: Input) -> Result<RunReport, FailedRun> {
        let mut report = RunReport::new(RunId(Uuid::nil()), job.source_id, Timestamp(0));
        report.hub.clone_from(&self.0);
        Ok(report)
    }
}

#[derive(Default)]
struct Heard {
    taken: Mutex<Vec<Input>>,
    polls: AtomicI64,
}

#[async_trait]
impl News for Heard {
    async fn take(&self, _: SourceId, input: Input) {
        self.taken.lock().unwrap().push(input);
    }

    fn poll_soon(&self, _: SourceId) {
        self.polls.fetch_add(1, Ordering::SeqCst);
    }
}

struct World {
    clock: Arc<Seconds>,
    said: Arc<Said>,
    websub: WebSub,
    runs: Subscribing,
    heard: Heard,
}

impl World {
    /// A source at the hub's own origin, which the operator lists.
    fn new(hub: &Hub, found: Option<(String, String)>) -> Self {
        let policy = Policy {
            origins: [hub.addr.to_string().parse().unwrap()].into(),
            ..Policy::default()
        };
        let clock = Arc::new(Seconds::default());
        let said = Arc::new(Said(Mutex::default()));
        let websub = WebSub::new(Parts {
            fetch: Arc::new(Client::new(policy).unwrap()),
            objects: Arc::new(Store::default()),
            control: said.clone(),
            clock: clock.clone(),
            entropy: Arc::new(|| [7; 32]),
            public_url: "https://media.example.org/".to_owned(),
        });
        let world = Self {
            clock,
            said,
            runs: Subscribing {
                runs: Arc::new(Finds(found)),
                websub: websub.clone(),
            },
            websub,
            heard: Heard::default(),
        };
        world.set(|fields| {
            fields.url = format!("http://{}/feed", hub.addr);
            fields.interval_s = 3600;
        });
        world
    }

    fn set(&self, change: impl FnOnce(&mut SourceFields)) {
        let mut said = self.said.0.lock().unwrap();
        let sources = &mut Arc::make_mut(&mut said).sources;
        let entry = sources.entry(source()).or_insert_with(|| SourceEntry {
            version: Version(1),
            fields: SourceFields::default(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        });
        change(&mut entry.fields);
    }

    async fn run(&self) -> Option<u64> {
        let job = Job::of(&self.said.current(), source()).unwrap();
        self.runs
            .run(&job, Input::Fetch)
            .await
            .unwrap()
            .push_renew_s
    }

    async fn ask(&self, mode: &str, topic: &str) -> Answer {
        let asked = Asked {
            mode: mode.to_owned(),
            topic: topic.to_owned(),
            challenge: "ch4llenge".to_owned(),
            lease_seconds: Some(90_000),
        };
        self.websub.verify(source(), &token(), asked).await
    }

    async fn deliver(&self, signature: Option<String>, body: &str) -> Answer {
        let delivery = Delivery {
            content_type: Some("application/rss+xml".to_owned()),
            signature,
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        self.websub
            .deliver(source(), &token(), delivery, &self.heard)
            .await
    }
}

fn source() -> SourceId {
    SourceId(Uuid::from_u128(1))
}

fn token() -> String {
    "07".repeat(16)
}

fn signed(body: &str) -> Option<String> {
    let secret = "07".repeat(32);
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let code = mac.finalize().into_bytes();
    let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("sha256={hex}"))
}

async fn subscribed() -> (Hub, World) {
    let hub = Hub::answering("202 Accepted").await;
    let world = World::new(&hub, Some((hub.url(), TOPIC.to_owned())));
    assert_eq!(world.run().await, None, "it is not confirmed yet");
    let confirmed = Answer::Confirmed("ch4llenge".to_owned());
    assert_eq!(world.ask("subscribe", TOPIC).await, confirmed);
    (hub, world)
}

#[tokio::test]
async fn a_feed_with_a_hub_is_subscribed_to_and_the_hub_is_told_where_and_how() {
    let (hub, world) = subscribed().await;
    let form = hub.forms().remove(0);
    let callback = format!("https://media.example.org/websub/{}/{}", source(), token());
    for (name, value) in [
        ("hub.mode", "subscribe"),
        ("hub.topic", TOPIC),
        ("hub.callback", &callback),
        ("hub.secret", &"07".repeat(32)),
    ] {
        assert_eq!(form[name], value);
    }
    assert_eq!(
        world.run().await,
        Some(60_000),
        "active: a third of the lease before its end"
    );
    assert_eq!(hub.forms().len(), 1, "asked once");
}

#[tokio::test]
async fn a_lease_is_renewed_before_it_ends() {
    let (hub, world) = subscribed().await;
    world.clock.0.store(59_999, Ordering::SeqCst);
    assert_eq!(world.run().await, Some(1));
    assert_eq!(hub.forms().len(), 1);
    world.clock.0.store(60_001, Ordering::SeqCst);
    assert_eq!(world.run().await, Some(0));
    assert_eq!(hub.forms().len(), 2);
    assert_eq!(
        hub.forms()[0],
        hub.forms()[1],
        "the same address and secret"
    );
    world.ask("subscribe", TOPIC).await;
    assert_eq!(world.run().await, Some(60_000));
    // Nobody renews it: it ends, and polls are as often as before.
    world.clock.0.store(1_000_000, Ordering::SeqCst);
    assert_eq!(world.run().await, None);
}

#[tokio::test]
async fn nothing_is_confirmed_that_was_not_asked_for() {
    let (_hub, world) = subscribed().await;
    assert_eq!(
        world.ask("subscribe", "https://other.example/").await,
        Answer::Unknown
    );
    assert_eq!(world.ask("unsubscribe", TOPIC).await, Answer::Unknown);
    assert_eq!(world.ask("publish", TOPIC).await, Answer::Unknown);
    let asked = Asked {
        mode: "subscribe".into(),
        topic: TOPIC.into(),
        ..Asked::default()
    };
    let other = SourceId(Uuid::from_u128(2));
    for (source, token) in [(source(), "guess"), (other, token().as_str())] {
        let answer = world.websub.verify(source, token, asked.clone()).await;
        assert_eq!(answer, Answer::Unknown);
    }
    world.set(|fields| fields.paused = true);
    assert_eq!(world.ask("subscribe", TOPIC).await, Answer::Unknown);
    assert!(matches!(
        world.ask("unsubscribe", TOPIC).await,
        Answer::Confirmed(_)
    ));
}

#[tokio::test]
async fn signed_news_are_taken_and_forged_ones_refused() {
    let (_hub, world) = subscribed().await;
    let feed = "<rss><channel/></rss>";
    assert_eq!(world.deliver(signed(feed), feed).await, Answer::Taken);
    assert_eq!(world.deliver(None, feed).await, Answer::Forged);
    assert_eq!(world.deliver(signed("<rss/>"), feed).await, Answer::Forged);
    assert_eq!(
        world.deliver(Some("sha256=00".into()), feed).await,
        Answer::Forged
    );
    let expected = Input::Pushed {
        bytes: Bytes::from(feed),
        content_type: Some("application/rss+xml".into()),
    };
    assert_eq!(*world.heard.taken.lock().unwrap(), [expected]);
    assert_eq!(world.deliver(signed(" "), " ").await, Answer::Taken);
    assert_eq!(
        world.heard.polls.load(Ordering::SeqCst),
        1,
        "it only says that there are some"
    );
    world.set(|fields| fields.interval_s = 0);
    assert_eq!(world.deliver(signed(feed), feed).await, Answer::Unknown);
    assert_eq!(world.heard.taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_hub_that_denies_or_fails_leaves_the_feed_to_polls() {
    let (hub, world) = subscribed().await;
    assert_eq!(world.ask("denied", TOPIC).await, Answer::Taken);
    assert_eq!(world.run().await, None);
    assert_eq!(hub.forms().len(), 1, "it is left alone for a day");
    world.clock.0.store(90_000, Ordering::SeqCst);
    world.run().await;
    assert_eq!(hub.forms().len(), 2);

    let failing = Hub::answering("500 No").await;
    let world = World::new(&failing, Some((failing.url(), TOPIC.to_owned())));
    assert_eq!(world.run().await, None);
    assert_eq!(world.run().await, None);
    assert_eq!(failing.forms().len(), 1, "not at each run");
}

#[tokio::test]
async fn a_hub_on_this_machine_that_a_stranger_names_is_not_asked() {
    let hub = Hub::answering("202 Accepted").await;
    let world = World::new(&hub, Some((hub.url(), TOPIC.to_owned())));
    world.set(|fields| fields.url = "https://stranger.example/feed".into());
    assert_eq!(world.run().await, None);
    assert_eq!(hub.forms().len(), 0);
}

#[tokio::test]
async fn without_a_hub_or_a_schedule_there_is_no_subscription() {
    let hub = Hub::answering("202 Accepted").await;
    let world = World::new(&hub, None);
    assert_eq!(world.run().await, None);
    let world = World::new(&hub, Some((hub.url(), TOPIC.to_owned())));
    world.set(|fields| fields.paused = true);
    assert_eq!(world.run().await, None);
    assert_eq!(hub.forms().len(), 0);
}
