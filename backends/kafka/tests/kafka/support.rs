//! What several tests need: topics of their own, removed at the end, and nodes on them.

use futures::executor::block_on;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_kafka::topics::{self, Change, Wanted};
use mediamesh_kafka::{KafkaLog, Settings};
use mediamesh_ports::contract::{SOON, record, server};
use mediamesh_ports::event_log::{
    AppendLog, Batch, Error, GroupSpec, Member, NewRecord, ReadLog, Record, Sees, Step,
};
use mediamesh_ports::state_store::StateChange;
use mediamesh_schemas::Topic;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;

/// The topic that members read.
pub const IN: Topic = Topic::ContentCommands;
/// The topic that they write.
pub const OUT: Topic = Topic::ContentEvents;

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
        // Seen with RUST_LOG, and with the output of a test that fails.
        let filter = EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_test_writer()
            .try_init();
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
            let names = all
                .topics()
                .iter()
                .map(rdkafka::metadata::MetadataTopic::name);
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

/// A group of [`IN`] that keeps a state.
pub fn group(name: &str) -> GroupSpec {
    GroupSpec {
        name: name.to_owned(),
        input: IN,
        store: Some("items"),
        sees: Sees::Written,
    }
}

/// Records of [`IN`] with a partition's number and a count as their value.
pub fn numbered(partition: i32, numbers: Range<usize>) -> Vec<NewRecord> {
    numbers
        .map(|n| record(IN, partition, "k", &format!("{partition}/{n:04}")))
        .collect()
}

/// Appends, from a thread.
pub fn append(log: &KafkaLog, records: Vec<NewRecord>) {
    runtime().block_on(log.append(records)).expect("append");
}

/// Every record that a reader of a partition sees.
pub fn read_all(log: &KafkaLog, topic: Topic, partition: Partition) -> Vec<Record> {
    let (mut from, mut all) = (Offset(0), Vec::new());
    loop {
        let page = runtime().block_on(log.read(topic, partition, from, 500));
        let page = page.expect("read");
        all.extend(page.records);
        if page.next == from {
            return all;
        }
        from = page.next;
    }
}

/// The values of records, as text.
pub fn values(records: &[Record]) -> Vec<String> {
    let values = records.iter().filter_map(|record| record.value.clone());
    values
        .map(|value| String::from_utf8(value).expect("text"))
        .collect()
}

/// The step that takes a batch: each record becomes an output and a change of the state.
pub fn step(batch: &Batch) -> Step {
    let values = values(&batch.records);
    Step {
        partition: batch.partition,
        next_offset: batch.records.last().expect("a record").offset.next(),
        changes: values
            .iter()
            .map(|value| set(value, Some("done")))
            .collect(),
        outputs: values
            .iter()
            .map(|value| record(OUT, batch.partition.0, "k", value))
            .collect(),
    }
}

pub fn set(key: &str, value: Option<&str>) -> StateChange {
    StateChange {
        key: key.as_bytes().to_vec(),
        value: value.map(|value| value.as_bytes().to_vec()),
    }
}

/// The next batch; partitions may come and go meanwhile.
pub fn next(member: &mut dyn Member) -> Batch {
    loop {
        match member.poll(1000, SOON) {
            Ok(Some(batch)) => return batch,
            Ok(None) => panic!("no batch"),
            Err(Error::Reassigned(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Polls until a member holds these partitions, and takes nothing.
pub fn hold(member: &mut dyn Member, partitions: &[Partition]) {
    wait_until("they come", || {
        match member.poll(1, Duration::from_millis(100)) {
            Ok(Some(batch)) => member.rewind(batch.partition).expect("rewind"),
            Ok(None) | Err(Error::Reassigned(_)) => {}
            Err(error) => panic!("{error}"),
        }
        let owned = member.owned();
        partitions.iter().all(|partition| owned.contains(partition))
    });
}

/// Takes batches until a poll finds nothing for a while; partitions may come and go meanwhile.
pub fn work(member: &mut dyn Member) -> usize {
    let mut taken = 0;
    loop {
        match member.poll(100, Duration::from_millis(700)) {
            Ok(Some(batch)) => {
                member.commit(step(&batch)).expect("commit");
                taken += batch.records.len();
            }
            Ok(None) => return taken,
            Err(Error::Reassigned(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// All keys of a member's state in a partition.
pub fn keys(member: &dyn Member, partition: Partition) -> Vec<String> {
    let state = member.state(partition).expect("state");
    let pairs = state.scan(b"", b"", 10_000).expect("scan").into_iter();
    pairs
        .map(|(key, _)| String::from_utf8(key).expect("text"))
        .collect()
}

/// Waits until something holds.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON * 3;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}
