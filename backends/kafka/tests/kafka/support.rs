//! What several tests need: topics of their own, removed at the end, and nodes on them.

use futures::executor::block_on;
use mediamesh_kafka::topics::{self, Change, Wanted};
use mediamesh_kafka::{KafkaLog, Settings};
use mediamesh_ports::contract::server;
use mediamesh_schemas::Topic;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// The topics that tests write to.
const USED: [Topic; 4] = [
    Topic::ContentCommands,
    Topic::ContentEvents,
    Topic::Catalog,
    Topic::CommandVerdicts,
];

/// Topics of a test's own; they are deleted when it is dropped.
pub struct Deployment {
    pub settings: Settings,
}

impl Deployment {
    pub fn new() -> Self {
        let mut settings = Settings::new(server("KAFKA"), "none");
        settings.prefix = prefix();
        settings.replication = 1;
        settings.session = Duration::from_secs(6);
        let wanted: Vec<Wanted> = USED
            .iter()
            .map(|topic| {
                let topic = Wanted::topic(&settings, *topic);
                // The records of tests are of long ago.
                match topic.configs["cleanup.policy"].as_str() {
                    "delete" => topic.with("retention.ms", -1),
                    _ => topic,
                }
            })
            .collect();
        let changes: Vec<Change> = wanted.into_iter().map(Change::Create).collect();
        topics::apply(&settings, &changes).expect("topics are made");
        Self { settings }
    }

    /// The settings of a node, with a state directory of its own.
    pub fn node(&self, instance: &str, state: &TempDir) -> Settings {
        Settings {
            instance: instance.to_owned(),
            state_dir: Some(state.path().to_owned()),
            ..self.settings.clone()
        }
    }

    /// Opens a node.
    pub fn open(&self, instance: &str, state: &TempDir) -> Arc<KafkaLog> {
        Arc::new(KafkaLog::open(self.node(instance, state)).expect("opens"))
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        let settings = self.settings.clone();
        // The drop may come in a task, and this blocks.
        let removed = std::thread::spawn(move || {
            let admin = admin(&settings);
            let all = admin.inner().fetch_metadata(None, Duration::from_secs(10));
            let all = all.expect("topics are listed");
            let names = all.topics().iter().map(|topic| topic.name());
            let own: Vec<&str> = names.filter(|n| n.starts_with(&settings.prefix)).collect();
            let options = AdminOptions::new();
            block_on(admin.delete_topics(&own, &options)).expect("topics are deleted");
        });
        if removed.join().is_err() && !std::thread::panicking() {
            panic!("the topics of {} stay", self.settings.prefix);
        }
    }
}

/// A client that makes and removes.
pub fn admin(settings: &Settings) -> AdminClient<DefaultClientContext> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &settings.brokers);
    config.create().expect("a client")
}

pub fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// A prefix that no other test has, of this run or another.
fn prefix() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("a clock").as_millis();
    format!("t{}-{now}-{count}.", std::process::id())
}
