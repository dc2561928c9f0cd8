//! What stands in a transaction, and what of it others see.

use super::support::{
    Deployment, IN, OUT, append, dir, group, next, numbered, read_all, step, values, wait_until,
    work,
};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::contract::record;
use mediamesh_ports::event_log::{Groups, ReadLog, Step};
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::{Duration, Instant};

const P: Partition = Partition(3);

/// Writes records that are aborted.
fn abort(deployment: &Deployment, topic: &str, values: &[&str]) {
    let within = Duration::from_secs(10);
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &deployment.settings.brokers)
        .set(
            "transactional.id",
            format!("{}abort", deployment.settings.prefix),
        );
    let producer: BaseProducer = config.create().expect("a producer");
    producer.init_transactions(within).expect("init");
    producer.begin_transaction().expect("begin");
    for value in values {
        let record = BaseRecord::to(topic)
            .partition(P.0)
            .key("k")
            .payload(*value);
        producer
            .send(record)
            .map_err(|(error, _)| error)
            .expect("sent");
    }
    producer.flush(within).expect("flushed");
    producer.abort_transaction(within).expect("aborted");
}

#[tokio::test(flavor = "multi_thread")]
async fn aborted_records_are_seen_by_nobody_and_hold_nobody_up() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    let input = format!("{}{IN}", deployment.settings.prefix);
    let worked = tokio::task::spawn_blocking(move || {
        append(&log, numbered(P.0, 0..3));
        abort(&deployment, &input, &["void", "void"]);
        append(&log, numbered(P.0, 3..4));
        abort(&deployment, &input, &["void"]);
        let read = values(&read_all(&log, IN, P));
        assert_eq!(read, ["3/0000", "3/0001", "3/0002", "3/0003"]);
        let mut member = log.join(group("reads")).expect("join");
        assert_eq!(work(member.as_mut()), 4);
        // Only markers and what was aborted follow: an idle group is not behind.
        assert_eq!(log.lag("reads", IN, P).expect("lag"), 0);
        drop(member);
        assert_eq!(log.lag("reads", IN, P).expect("lag"), 0);
        let deployment = deployment;
        (log, deployment)
    });
    let (log, _deployment) = worked.await.expect("the member's thread");
    let bounds = log.bounds(IN, P).await.expect("bounds");
    let page = log.read(IN, P, Offset(bounds.end.0 - 1), 10).await;
    let page = page.expect("read");
    assert_eq!((page.records.len(), page.next), (0, bounds.end));
}

#[test]
fn steps_share_a_transaction_while_records_wait() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    append(&log, numbered(P.0, 0..100));
    let mut member = log.join(group("shares")).expect("join");
    let mut taken = 0;
    while taken < 100 {
        let batch = member.poll(10, Duration::from_secs(10));
        let batch = batch.expect("poll").expect("a batch");
        taken += batch.records.len();
        member.commit(step(&batch)).expect("commit");
    }
    assert_eq!(member.poll(10, Duration::ZERO).expect("poll"), None);
    // The brokers write the markers that let readers on a moment after they answer the commit.
    let mut out = Vec::new();
    wait_until("it can be read", || {
        out = read_all(&log, OUT, P);
        out.len() == 100
    });
    // Each transaction leaves a marker after its records.
    let gaps = out.last().expect("a record").offset.0 - 99;
    assert!(gaps <= 4, "{gaps} markers between the records of ten steps");
}

#[test]
fn a_transaction_is_committed_when_it_is_old_though_nobody_calls() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    append(&log, numbered(P.0, 0..2));
    let mut member = log.join(group("old")).expect("join");
    let batch = next(member.as_mut());
    member.commit(step(&batch)).expect("commit");
    let started = Instant::now();
    while read_all(&log, OUT, P).len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn the_lag_counts_what_stands_in_a_transaction_of_this_process() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    append(&log, numbered(P.0, 0..1));
    let mut member = log.join(group("writes")).expect("join");
    let batch = next(member.as_mut());
    let outputs = (0..30).map(|n| record(OUT, 5, "k", &n.to_string()));
    let step = Step {
        outputs: outputs.collect(),
        ..step(&batch)
    };
    member.commit(step).expect("commit");
    // At once, and when it has been committed: who bounds what is in flight is never told less.
    wait_until("the marker that ends it is there", || {
        let lag = log.lag("reader", OUT, Partition(5)).expect("lag");
        assert!(lag >= 30, "{lag}");
        read_all(&log, OUT, Partition(5)).len() == 30
    });
    // Readers may see them a moment before their writer hears of it; until then they count twice.
    wait_until("they count once", || {
        let lag = log.lag("reader", OUT, Partition(5)).expect("lag");
        assert!(lag >= 30, "{lag}");
        lag <= 31
    });
    assert_eq!(log.lag("reader", OUT, Partition(6)).expect("lag"), 0);
}
