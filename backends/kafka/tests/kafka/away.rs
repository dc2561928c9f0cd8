//! Brokers that are away: everything ends in time and says so.

use super::support::{dir, group, numbered};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_kafka::{Deadlines, KafkaLog, Settings, topics};
use mediamesh_ports::event_log::{AppendLog, Error, Groups, ReadLog};
use mediamesh_schemas::Topic;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// A log whose broker takes connections and says nothing.
fn away(listener: &TcpListener) -> Settings {
    let address = listener.local_addr().expect("an address");
    let mut settings = Settings::new(address.to_string(), "a");
    let short = Duration::from_secs(1);
    settings.deadlines = Deadlines {
        append: short,
        call: short,
        transaction: short,
        close: short,
    };
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_ends_in_time_and_says_that_nobody_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (settings, state) = (away(&listener), dir());
    let started = Instant::now();
    let plan = settings.clone();
    let planned = tokio::task::spawn_blocking(move || topics::plan(&plan, &[]));
    assert!(planned.await.expect("a thread").is_err());
    let settings = Settings {
        state_dir: Some(state.path().to_owned()),
        ..settings
    };
    let log = KafkaLog::open(settings).expect("opens");
    let transient = |what: &str, error: Option<Error>| {
        assert!(
            matches!(error, Some(Error::Transient(_))),
            "{what}: {error:?}"
        );
    };
    transient("one", log.append(numbered(0, 0..1)).await.err());
    transient("two", log.append(numbered(0, 0..2)).await.err());
    let (topic, partition) = (Topic::Catalog, Partition(0));
    transient("read", log.read(topic, partition, Offset(0), 9).await.err());
    transient("bounds", log.bounds(topic, partition).await.err());
    let wait = Duration::from_millis(100);
    log.wait_for(topic, partition, Offset(0), wait).await;
    let (joins, asks) = (log.clone(), log.clone());
    let joined = tokio::task::spawn_blocking(move || joins.join(group("g")).map(|_| ()).err());
    transient("join", joined.await.expect("a thread"));
    let lag = tokio::task::spawn_blocking(move || asks.lag("g", topic, partition).err());
    transient("lag", lag.await.expect("a thread"));
    while log.trouble().is_none() {
        assert!(started.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let trouble = log.trouble().expect("trouble");
    assert!(trouble.contains("no Kafka broker answers"), "{trouble}");
    let closing = log.clone();
    let left = tokio::task::spawn_blocking(move || closing.close());
    assert!(left.await.expect("closed") <= 2);
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}
