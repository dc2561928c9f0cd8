//! Local copies of states: what is restored, from where, and what is emptied.

use super::support::{
    Deployment, IN, append, dir, group, hold, keys, next, numbered, set, step, work,
};
use mediamesh_domain::position::Partition;
use mediamesh_kafka::{Faults, KafkaLog, StateError};
use mediamesh_ports::event_log::{Error, Groups, Member, Step};
use mediamesh_ports::state_store::ReadState;
use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::{ClientConfig, TopicPartitionList};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const P: Partition = Partition(3);

/// Counts the records that are restored by whoever calls.
#[derive(Default)]
struct Restored(Arc<Count>);

#[derive(Default)]
struct Count(AtomicU64);

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::SeqCst);
    }
}

impl Recorder for Restored {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "mediamesh_log_restored_records_total" => Counter::from_arc(Arc::clone(&self.0)),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Joins, waits until the partition is ready, and says how many records that took.
fn join_and_count(log: &KafkaLog, name: &str) -> (Box<dyn Member>, u64) {
    let restored = Restored::default();
    let member = metrics::with_local_recorder(&restored, || {
        let mut member = log.join(group(name)).expect("join");
        hold(member.as_mut(), &[P]);
        member
    });
    (member, restored.0.0.load(Ordering::SeqCst))
}

fn expected(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("3/{n:04}")).collect()
}

/// A local store that fails when it is told to.
#[derive(Debug, Default)]
struct Failing(AtomicBool);

impl Faults for Failing {
    fn before_local_write(&self) -> io::Result<()> {
        match self.0.swap(false, Ordering::SeqCst) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }
}

#[test]
fn what_was_committed_but_not_written_locally_is_restored_and_only_that() {
    let (deployment, state) = (Deployment::new(), dir());
    let faults = Arc::new(Failing::default());
    let mut settings = deployment.node("a", &state);
    settings.faults = Some(faults.clone());
    let log = KafkaLog::open(settings).expect("opens");
    append(&log, numbered(P.0, 0..20));
    let (mut member, _) = join_and_count(&log, "crash");
    assert_eq!(work(member.as_mut()), 20);
    append(&log, numbered(P.0, 20..25));
    let batch = next(member.as_mut());
    faults.0.store(true, Ordering::SeqCst);
    member.commit(step(&batch)).expect("staged");
    let committed = member.poll(1, Duration::from_secs(5));
    assert!(matches!(committed, Err(Error::Fenced(..))), "{committed:?}");
    drop(member);
    let (mut member, restored) = join_and_count(&log, "crash");
    assert_eq!(restored, 5, "the tail alone");
    assert_eq!(keys(member.as_ref(), P), expected(25));
    assert_eq!(work(member.as_mut()), 0, "it was committed");
}

#[test]
fn a_wiped_directory_is_restored_whole_and_one_that_is_current_not_at_all() {
    let (deployment, [one, two]) = (Deployment::new(), [dir(), dir()]);
    let log = deployment.open("a", &one);
    append(&log, numbered(P.0, 0..30));
    let (mut member, _) = join_and_count(&log, "whole");
    assert_eq!(work(member.as_mut()), 30);
    let removed = Step {
        partition: P,
        next_offset: mediamesh_domain::position::Offset(30),
        changes: vec![set("3/0007", None), set("3/0008", Some("again"))],
        outputs: Vec::new(),
    };
    member.commit(removed).expect("commit");
    drop(member);
    let (member, restored) = join_and_count(&log, "whole");
    assert_eq!((restored, keys(member.as_ref(), P).len()), (0, 29));
    drop(member);
    let other = deployment.open("b", &two);
    let (member, restored) = join_and_count(&other, "whole");
    assert_eq!(restored, 32);
    let mut left = expected(30);
    left.remove(7);
    assert_eq!(keys(member.as_ref(), P), left);
    let state = member.state(P).expect("state");
    let again = state.get(b"3/0008").expect("get");
    assert_eq!(again.as_deref(), Some(b"again".as_slice()));
}

#[test]
fn a_copy_of_a_group_that_was_forgotten_is_emptied() {
    let (deployment, [one, two]) = (Deployment::new(), [dir(), dir()]);
    let log = deployment.open("a", &one);
    append(&log, numbered(P.0, 0..10));
    let (mut member, _) = join_and_count(&log, "anew");
    assert_eq!(work(member.as_mut()), 10);
    drop(member);
    let other = deployment.open("b", &two);
    other.forget("anew").expect("forget");
    // The group begins anew elsewhere and comes further than the old copy ever did.
    let (mut member, _) = join_and_count(&other, "anew");
    let batch = next(member.as_mut());
    let mut changes: Vec<_> = (0..40)
        .map(|n| set(&format!("new/{n}"), Some("v")))
        .collect();
    changes.push(set("3/0001", Some("new")));
    let taken = Step {
        changes,
        ..step(&batch)
    };
    member.commit(taken).expect("commit");
    drop(member);
    let (member, restored) = join_and_count(&log, "anew");
    assert_eq!(restored, 41);
    assert_eq!(
        keys(member.as_ref(), P).len(),
        41,
        "nothing of the old is left"
    );
}

/// What a group has committed in the partition, as any client may read and write it.
fn committed(deployment: &Deployment, name: &str) -> (BaseConsumer, TopicPartitionList) {
    let prefix = &deployment.settings.prefix;
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &deployment.settings.brokers)
        .set("group.id", format!("{prefix}{name}"));
    let client: BaseConsumer = config.create().expect("a client");
    let mut list = TopicPartitionList::new();
    list.add_partition(&format!("{prefix}{IN}"), P.0);
    let found = client.committed_offsets(list, Duration::from_secs(10));
    (client, found.expect("offsets"))
}

#[test]
fn a_copy_that_is_ahead_of_its_group_is_emptied_and_restored_to_where_the_group_stands() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    append(&log, numbered(P.0, 0..10));
    let (mut member, _) = join_and_count(&log, "ahead");
    assert_eq!(work(member.as_mut()), 10);
    drop(member);
    let (client, then) = committed(&deployment, "ahead");
    append(&log, numbered(P.0, 10..15));
    let (mut member, _) = join_and_count(&log, "ahead");
    assert_eq!(work(member.as_mut()), 5);
    drop(member);
    // The brokers have lost the last transaction: the group stands where it stood.
    client.commit(&then, CommitMode::Sync).expect("commit");
    let (mut member, restored) = join_and_count(&log, "ahead");
    assert_eq!(restored, 10);
    assert_eq!(keys(member.as_ref(), P), expected(10));
    assert_eq!(work(member.as_mut()), 5, "they are taken again");
}

#[test]
fn after_somebody_has_set_the_offsets_the_state_is_all_of_the_changelog() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    append(&log, numbered(P.0, 0..10));
    let (mut member, _) = join_and_count(&log, "set");
    assert_eq!(work(member.as_mut()), 10);
    drop(member);
    let (client, _) = committed(&deployment, "set");
    let mut earlier = TopicPartitionList::new();
    let topic = format!("{}{IN}", deployment.settings.prefix);
    let at = rdkafka::Offset::Offset(4);
    earlier
        .add_partition_offset(&topic, P.0, at)
        .expect("an offset");
    client.commit(&earlier, CommitMode::Sync).expect("commit");
    let (mut member, restored) = join_and_count(&log, "set");
    assert_eq!((restored, keys(member.as_ref(), P)), (10, expected(10)));
    assert_eq!(work(member.as_mut()), 6);
}

#[test]
fn only_what_is_held_and_committed_is_shown_to_others() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    assert!(log.state("items", P).expect("state").is_none());
    append(&log, numbered(P.0, 0..3));
    let (mut member, _) = join_and_count(&log, "shown");
    let batch = next(member.as_mut());
    member.commit(step(&batch)).expect("commit");
    assert_eq!(
        keys(member.as_ref(), P).len(),
        3,
        "the member sees it at once"
    );
    member.poll(1, Duration::ZERO).expect("poll");
    let shown = log.state("items", P).expect("state").expect("it is held");
    assert_eq!(shown.scan(b"", b"", 9).expect("scan").len(), 3);
    drop(member);
    assert!(log.state("items", P).expect("state").is_none());
}

#[test]
fn a_state_directory_is_one_processs_alone() {
    let (deployment, state) = (Deployment::new(), dir());
    let first = deployment.open("a", &state);
    let second = KafkaLog::open(deployment.node("b", &state)).map(|_| ());
    let error = second.expect_err("it is in use");
    assert!(matches!(
        error,
        mediamesh_kafka::OpenError::State(StateError::InUse { .. })
    ));
    let pid = std::process::id().to_string();
    assert!(error.to_string().contains(&pid), "{error}");
    drop(first);
    assert!(KafkaLog::open(deployment.node("b", &state)).is_ok());
    let mut none = deployment.node("c", &state);
    none.state_dir = None;
    let without = KafkaLog::open(none).expect("opens");
    let joined = without.join(group("any")).map(|_| ());
    assert!(matches!(joined, Err(Error::Refused(_))), "{joined:?}");
}
