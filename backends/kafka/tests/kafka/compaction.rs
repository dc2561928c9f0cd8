//! A changelog that the brokers have really compacted.

use super::support::{
    Deployment, IN, append, dir, group, hold, keys, next, numbered, set, step, wait_until,
};
use mediamesh_domain::position::Partition;
use mediamesh_kafka::topics::{self, Change, Wanted};
use mediamesh_ports::event_log::{Groups, Step};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use std::time::{Duration, Instant};

const P: Partition = Partition(3);
const ROUNDS: usize = 60;

/// How many records stand in the changelog's partition.
fn count(deployment: &Deployment, topic: &str) -> usize {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &deployment.settings.brokers)
        .set("group.id", format!("{}counts", deployment.settings.prefix))
        .set("enable.partition.eof", "true");
    let client: BaseConsumer = config.create().expect("a client");
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, P.0, Offset::Beginning)
        .expect("an offset");
    client.assign(&list).expect("assigned");
    let (mut count, deadline) = (0, Instant::now() + Duration::from_secs(10));
    while Instant::now() < deadline {
        match client.poll(Duration::from_millis(500)) {
            Some(Ok(_)) => count += 1,
            Some(Err(rdkafka::error::KafkaError::PartitionEOF(_))) => return count,
            _ => {}
        }
    }
    panic!("the changelog does not end");
}

#[test]
fn a_compacted_changelog_restores_the_same_state() {
    let (deployment, [one, two]) = (Deployment::new(), [dir(), dir()]);
    let spec = group("compacted");
    let changelog = Wanted::changelog(&deployment.settings, &spec)
        .with("segment.ms", 200)
        .with("min.cleanable.dirty.ratio", "0.001")
        .with("max.compaction.lag.ms", 500);
    let name = changelog.name.clone();
    topics::apply(&deployment.settings, &[Change::Create(changelog)]).expect("made");
    let log = deployment.open("a", &one);
    append(&log, numbered(P.0, 0..1));
    let mut member = log.join(spec.clone()).expect("join");
    let batch = next(member.as_mut());
    member.commit(step(&batch)).expect("commit");
    let mut round = 0;
    let mut change = |member: &mut dyn mediamesh_ports::event_log::Member| {
        let value = format!("value {round}");
        let mut changes: Vec<_> = (0..10)
            .map(|n| set(&format!("key {n}"), Some(&value)))
            .collect();
        // Some keys live for one round only.
        changes.push(set(&format!("gone {round}"), Some(&value)));
        if round > 0 {
            changes.push(set(&format!("gone {}", round - 1), None));
        }
        round += 1;
        let step = Step {
            partition: P,
            next_offset: batch.records[0].offset.next(),
            changes,
            outputs: Vec::new(),
        };
        member.commit(step).expect("commit");
        member.poll(1, Duration::ZERO).expect("poll");
    };
    (0..ROUNDS).for_each(|_| change(member.as_mut()));
    // A segment is closed by the record that comes after its time; the cleaner takes the closed ones.
    wait_until("it is compacted", || {
        change(member.as_mut());
        std::thread::sleep(Duration::from_millis(300));
        count(&deployment, &name) < ROUNDS * 10 / 2
    });
    let before = keys(member.as_ref(), P);
    assert_eq!(before.len(), 12, "{before:?}");
    drop(member);
    let other = deployment.open("b", &two);
    let mut member = other.join(spec).expect("join");
    hold(member.as_mut(), &[P]);
    assert_eq!(keys(member.as_ref(), P), before);
    assert_eq!(member.poll(1, Duration::ZERO).expect("poll"), None);
    let lag = other.lag("compacted", IN, P).expect("lag");
    assert_eq!(lag, 0);
}
