//! Retention and compaction: what goes, what stays, and that offsets never move.

use super::support::{open, reopen, values};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_domain::time::Timestamp;
use mediamesh_embedded::{Embedded, Maintained, Options};
use mediamesh_ports::contract::record;
use mediamesh_ports::event_log::{AppendLog, GroupSpec, Groups, NewRecord, ReadLog, Sees, Step};
use mediamesh_schemas::Topic;
use std::time::Duration;

const P: Partition = Partition(1);
const DAY_S: i64 = 86_400;
const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

fn aged(topic: Topic, key: &str, value: &str, days: i64) -> NewRecord {
    NewRecord {
        timestamp: NOW.plus_seconds(-days * DAY_S),
        ..record(topic, P.0, key, value)
    }
}

/// Housekeeping in small slices until nothing is left to do.
fn maintain(log: &Embedded) -> Maintained {
    let mut sum = Maintained::default();
    loop {
        let slice = log.maintain(NOW, 7).expect("maintain");
        assert!(slice.looked_at <= 7);
        sum.expired += slice.expired;
        sum.compacted += slice.compacted;
        if !slice.more {
            return sum;
        }
    }
}

fn spec(topic: Topic) -> GroupSpec {
    GroupSpec {
        name: "group".to_owned(),
        input: topic,
        store: None,
        sees: Sees::Durable,
    }
}

fn commit(log: &Embedded, topic: Topic, next: i64) {
    let mut member = log.join(spec(topic)).expect("join");
    let step = Step {
        partition: P,
        next_offset: Offset(next),
        ..Step::default()
    };
    member.commit(step).expect("commit");
}

fn eager(dir: &std::path::Path) -> Embedded {
    let options = Options {
        compact_after: 1,
        ..Options::default()
    };
    Embedded::open(dir, options).expect("opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_retention_goes_and_offsets_stay() {
    let (log, dir) = open();
    let ages = [40, 35, 31, 29, 1];
    let records = ages.map(|days| aged(Topic::ContentCommands, "k", &days.to_string(), days));
    log.append(records.to_vec()).await.expect("append");
    let kept = ages.map(|days| aged(Topic::ContentEvents, "k", "kept", days));
    log.append(kept.to_vec()).await.expect("append");
    assert_eq!(maintain(&log).expired, 3);
    assert_eq!(values(&log, Topic::ContentCommands, P).await, ["29", "1"]);
    assert_eq!(values(&log, Topic::ContentEvents, P).await.len(), 5);
    let bounds = log.bounds(Topic::ContentCommands, P).await.expect("bounds");
    assert_eq!((bounds.start, bounds.end), (Offset(3), Offset(5)));
    drop(log);
    let log = reopen(dir.path());
    let bounds = log.bounds(Topic::ContentCommands, P).await.expect("bounds");
    assert_eq!((bounds.start, bounds.end), (Offset(3), Offset(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offset_is_never_given_twice_also_where_everything_has_gone() {
    let (log, dir) = open();
    let records = vec![aged(Topic::ContentCommands, "k", "old", 100); 4];
    log.append(records).await.expect("append");
    assert_eq!(maintain(&log).expired, 4);
    drop(log);
    let log = reopen(dir.path());
    let bounds = log.bounds(Topic::ContentCommands, P).await.expect("bounds");
    assert_eq!((bounds.start, bounds.end), (Offset(4), Offset(4)));
    let next = log
        .append(vec![aged(Topic::ContentCommands, "k", "new", 0)])
        .await;
    assert_eq!(next.expect("append"), [Offset(4)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_has_not_committed_stays_until_the_group_is_forgotten() {
    let (log, _dir) = open();
    let records = vec![aged(Topic::ContentCommands, "k", "old", 100); 5];
    log.append(records).await.expect("append");
    commit(&log, Topic::ContentCommands, 2);
    assert_eq!(maintain(&log).expired, 2);
    let member = log.join(spec(Topic::ContentCommands)).expect("join");
    assert!(log.forget("group").is_err(), "it has a member");
    drop(member);
    log.forget("group").expect("forget");
    assert_eq!(maintain(&log).expired, 3);
    assert_eq!(log.lag("group", Topic::ContentCommands, P).expect("lag"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_keeps_the_newest_of_each_key_and_every_offset() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = eager(dir.path());
    let records = (0..30)
        .map(|n| aged(Topic::Catalog, &format!("k{}", n % 4), &n.to_string(), 0))
        .collect();
    log.append(records).await.expect("append");
    assert_eq!(maintain(&log).compacted, 26);
    assert_eq!(
        values(&log, Topic::Catalog, P).await,
        ["26", "27", "28", "29"]
    );
    let from_the_middle = log
        .read(Topic::Catalog, P, Offset(3), 2)
        .await
        .expect("read");
    assert_eq!(from_the_middle.records[0].offset, Offset(26));
    assert_eq!(maintain(&log).compacted, 0, "nothing new has come");
    let more = vec![
        aged(Topic::Catalog, "k1", "30", 0),
        aged(Topic::Catalog, "k9", "31", 0),
    ];
    log.append(more).await.expect("append");
    assert_eq!(maintain(&log).compacted, 1);
    drop(log);
    let log = eager(dir.path());
    assert_eq!(
        values(&log, Topic::Catalog, P).await,
        ["26", "27", "28", "30", "31"]
    );
    let next = log.append(vec![aged(Topic::Catalog, "k0", "32", 0)]).await;
    assert_eq!(next.expect("append"), [Offset(32)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_leaves_what_a_group_has_not_committed() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = eager(dir.path());
    let records = vec![aged(Topic::Catalog, "k", "v", 0); 10];
    log.append(records).await.expect("append");
    commit(&log, Topic::Catalog, 4);
    assert_eq!(
        maintain(&log).compacted,
        3,
        "the fourth is the newest that is committed"
    );
    let mut member = log.join(spec(Topic::Catalog)).expect("join");
    let batch = member
        .poll(99, Duration::ZERO)
        .expect("poll")
        .expect("a batch");
    assert_eq!(batch.records.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tombstone_goes_after_a_day_with_what_it_removed() {
    let dir = tempfile::tempdir().expect("a directory");
    let log = eager(dir.path());
    let tombstone = |key: &str, days| NewRecord {
        value: None,
        ..aged(Topic::Catalog, key, "", days)
    };
    let records = vec![
        aged(Topic::Catalog, "long-gone", "v", 5),
        aged(Topic::Catalog, "gone", "v", 5),
        tombstone("long-gone", 3),
        tombstone("gone", 0),
        tombstone("last", 3),
    ];
    log.append(records).await.expect("append");
    assert_eq!(maintain(&log).compacted, 3);
    let left = log
        .read(Topic::Catalog, P, Offset(0), 99)
        .await
        .expect("read");
    let left: Vec<_> = left.records.iter().map(|record| record.offset.0).collect();
    assert_eq!(
        left,
        [3, 4],
        "the last record stays: the next offset is known by it"
    );
}
