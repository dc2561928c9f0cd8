//! What groups and their members must do. Members block, so each test of one runs on a thread of its own.

use super::{EventLog, SOON, record, suite};
use crate::event_log::{Batch, Error, GroupSpec, Member, NewRecord, Sees, Step};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_schemas::Topic;
use std::time::{Duration, Instant};

suite! { $ groups_contract, groups:
    a_member_gets_every_record_once_in_order,
    a_partition_is_not_offered_again_before_its_batch_is_committed,
    a_rewound_partition_is_offered_again_from_the_last_commit,
    a_batch_is_no_larger_than_asked,
    a_member_that_comes_later_goes_on_after_the_last_commit,
    groups_do_not_share_offsets,
    outputs_of_a_step_are_read_in_order,
    a_refused_step_changes_nothing,
    a_poll_waits_for_a_record_and_no_longer,
    a_poll_ends_in_time_where_nothing_comes,
    partitions_take_turns,
    the_lag_is_what_is_not_committed,
    a_group_is_forgotten_when_its_members_have_left,
    what_one_stage_writes_the_next_stage_gets,
}

const IN: Topic = Topic::ContentCommands;
const OUT: Topic = Topic::ContentEvents;

/// A group for tests.
#[must_use]
pub fn group(name: &str) -> GroupSpec {
    GroupSpec {
        name: name.to_owned(),
        input: IN,
        store: None,
        sees: Sees::Durable,
    }
}

async fn append(log: &EventLog, records: Vec<NewRecord>) -> Vec<Offset> {
    log.append.append(records).await.expect("append")
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("the member's thread")
}

/// Runs a member's work on a thread of its own, and gives back the log.
async fn with_member<T: Send + 'static>(
    log: EventLog,
    spec: GroupSpec,
    work: impl FnOnce(&mut dyn Member) -> T + Send + 'static,
) -> (EventLog, T) {
    blocking(move || {
        let mut member = log.groups.join(spec).expect("join");
        let done = work(member.as_mut());
        drop(member);
        (log, done)
    })
    .await
}

fn values(batch: &Batch) -> Vec<String> {
    let values = batch
        .records
        .iter()
        .filter_map(|record| record.value.clone());
    values
        .map(|value| String::from_utf8_lossy(&value).into_owned())
        .collect()
}

fn poll(member: &mut dyn Member, max: usize) -> Option<Batch> {
    member.poll(max, Duration::from_millis(500)).expect("poll")
}

fn next(member: &mut dyn Member) -> Batch {
    member.poll(1000, SOON).expect("poll").expect("a batch")
}

fn commit(member: &mut dyn Member, batch: &Batch) {
    member.commit(after(batch)).expect("commit");
}

/// The step that takes a batch and does nothing with it.
fn after(batch: &Batch) -> Step {
    Step {
        partition: batch.partition,
        next_offset: batch.records.last().expect("a record").offset.next(),
        ..Step::default()
    }
}

fn numbered(partition: i32, count: usize) -> Vec<NewRecord> {
    (0..count)
        .map(|n| record(IN, partition, "k", &format!("{n:04}")))
        .collect()
}

/// A member gets every record once, in order.
pub async fn a_member_gets_every_record_once_in_order(log: EventLog) {
    append(&log, numbered(2, 250)).await;
    let (_log, seen) = with_member(log, group("order"), |member| {
        let mut seen = Vec::new();
        while let Some(batch) = poll(member, 100) {
            assert_eq!(batch.partition, Partition(2));
            seen.extend(values(&batch));
            commit(member, &batch);
        }
        seen
    })
    .await;
    assert_eq!(
        seen,
        (0..250).map(|n| format!("{n:04}")).collect::<Vec<_>>()
    );
}

/// A partition is not offered again before its batch is committed.
pub async fn a_partition_is_not_offered_again_before_its_batch_is_committed(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    with_member(log, group("held"), |member| {
        let first = member.poll(4, SOON).expect("poll").expect("a batch");
        assert_eq!(poll(member, 4), None);
        commit(member, &first);
        let second = member.poll(4, SOON).expect("poll").expect("a batch");
        assert_eq!(values(&second)[0], "0004");
    })
    .await;
}

/// A rewound partition is offered again from the last commit.
pub async fn a_rewound_partition_is_offered_again_from_the_last_commit(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    with_member(log, group("rewound"), |member| {
        let first = member.poll(4, SOON).expect("poll").expect("a batch");
        commit(member, &first);
        let second = member.poll(4, SOON).expect("poll").expect("a batch");
        member.rewind(second.partition).expect("rewind");
        let again = member.poll(4, SOON).expect("poll").expect("a batch");
        assert_eq!(second.records, again.records);
    })
    .await;
}

/// A batch is no larger than asked.
pub async fn a_batch_is_no_larger_than_asked(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    with_member(log, group("bounded"), |member| {
        let first = member.poll(7, SOON).expect("poll").expect("a batch");
        assert!(!first.records.is_empty() && first.records.len() <= 7);
    })
    .await;
}

/// A member that comes later goes on after the last commit.
pub async fn a_member_that_comes_later_goes_on_after_the_last_commit(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    let (log, ()) = with_member(log, group("handover"), |member| {
        let first = member.poll(4, SOON).expect("poll").expect("a batch");
        commit(member, &first);
        let uncommitted = member.poll(4, SOON).expect("poll");
        assert!(uncommitted.is_some());
    })
    .await;
    with_member(log, group("handover"), |member| {
        assert_eq!(values(&next(member))[0], "0004");
    })
    .await;
}

/// Groups do not share offsets.
pub async fn groups_do_not_share_offsets(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    let (log, ()) = with_member(log, group("one"), |member| {
        let batch = next(member);
        commit(member, &batch);
    })
    .await;
    with_member(log, group("other"), |member| {
        assert_eq!(values(&next(member))[0], "0000");
    })
    .await;
}

/// Outputs of a step are read in order.
pub async fn outputs_of_a_step_are_read_in_order(log: EventLog) {
    append(&log, numbered(2, 1)).await;
    let (log, ()) = with_member(log, group("outputs"), |member| {
        let batch = next(member);
        let step = Step {
            outputs: (0..20)
                .map(|n| record(OUT, 4, "k", &format!("{n:04}")))
                .collect(),
            ..after(&batch)
        };
        member.commit(step).expect("commit");
    })
    .await;
    let mut found = Vec::new();
    let started = Instant::now();
    while found.len() < 20 && started.elapsed() < SOON {
        log.read.wait_for(OUT, Partition(4), Offset(0), SOON).await;
        let read = log.read.read(OUT, Partition(4), Offset(0), 99).await;
        found = read.expect("read").records;
    }
    let found: Vec<_> = found
        .into_iter()
        .filter_map(|record| record.value)
        .collect();
    assert_eq!(found.len(), 20);
    assert!(found.is_sorted());
}

/// A refused step changes nothing.
pub async fn a_refused_step_changes_nothing(log: EventLog) {
    append(&log, numbered(2, 1)).await;
    let (log, ()) = with_member(log, group("refused"), |member| {
        let batch = next(member);
        let step = Step {
            outputs: vec![record(OUT, 4, "k", "v"), record(OUT, 99, "k", "v")],
            ..after(&batch)
        };
        assert!(matches!(member.commit(step), Err(Error::Refused(_))));
        member.rewind(batch.partition).expect("rewind");
        assert_eq!(next(member).records, batch.records);
    })
    .await;
    let bounds = log.read.bounds(OUT, Partition(4)).await.expect("bounds");
    assert_eq!(bounds.start, bounds.end);
    assert_eq!(lag(&log, "refused", 2).await, 1);
}

/// A poll waits for a record and no longer.
pub async fn a_poll_waits_for_a_record_and_no_longer(log: EventLog) {
    let append = log.append.clone();
    let groups = log.groups.clone();
    let waiting = tokio::task::spawn_blocking(move || {
        let mut member = groups.join(group("waiting")).expect("join");
        let started = Instant::now();
        let batch = member.poll(10, SOON * 6).expect("poll");
        (batch, started.elapsed())
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    append.append(numbered(2, 1)).await.expect("append");
    let (batch, waited) = waiting.await.expect("the member's thread");
    assert_eq!(batch.expect("a batch").records.len(), 1);
    assert!(waited < SOON * 5, "{waited:?}");
}

/// A poll ends in time where nothing comes.
pub async fn a_poll_ends_in_time_where_nothing_comes(log: EventLog) {
    with_member(log, group("idle"), |member| {
        let (started, wait) = (Instant::now(), Duration::from_millis(100));
        assert_eq!(member.poll(10, wait).expect("poll"), None);
        let waited = started.elapsed();
        assert!(waited >= wait && waited < SOON * 6, "{waited:?}");
    })
    .await;
}

/// Partitions take turns.
pub async fn partitions_take_turns(log: EventLog) {
    append(&log, (0..3).flat_map(|p| numbered(p, 20)).collect()).await;
    with_member(log, group("turns"), |member| {
        // All three have come when each has been offered; what is left of them is there as well.
        let mut first = Vec::new();
        for _ in 0..3 {
            first.push(member.poll(5, SOON).expect("poll").expect("a batch"));
        }
        for batch in &first {
            commit(member, batch);
        }
        let mut offered = Vec::new();
        for _ in 0..3 {
            let batch = member.poll(5, SOON).expect("poll").expect("a batch");
            offered.push(batch.partition.0);
            commit(member, &batch);
        }
        offered.sort_unstable();
        assert_eq!(offered, [0, 1, 2]);
    })
    .await;
}

/// Asks for a lag where that may block.
async fn lag(log: &EventLog, group: &'static str, partition: i32) -> i64 {
    let groups = log.groups.clone();
    blocking(move || groups.lag(group, IN, Partition(partition)).expect("lag")).await
}

/// The lag is what is not committed, and none where everything is.
pub async fn the_lag_is_what_is_not_committed(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    assert_lag(&log, "lag", 10).await;
    let (log, ()) = with_member(log, group("lag"), |member| {
        let batch = member.poll(4, SOON).expect("poll").expect("a batch");
        commit(member, &batch);
    })
    .await;
    assert_lag(&log, "lag", 6).await;
    assert_eq!(lag(&log, "lag", 3).await, 0);
    let (log, ()) = with_member(log, group("lag"), |member| {
        let batch = next(member);
        assert_eq!(batch.records.len(), 6);
        commit(member, &batch);
        assert_eq!(poll(member, 1), None);
    })
    .await;
    assert_eq!(lag(&log, "lag", 2).await, 0);
}

/// A log with transactions may count the one marker that ends the append.
async fn assert_lag(log: &EventLog, group: &'static str, records: i64) {
    let lag = lag(log, group, 2).await;
    assert!((records..=records + 1).contains(&lag), "{lag}");
}

/// A group is forgotten when its members have left: it begins anew then.
pub async fn a_group_is_forgotten_when_its_members_have_left(log: EventLog) {
    append(&log, numbered(2, 10)).await;
    let groups = log.groups.clone();
    let (log, while_at_work) = with_member(log, group("gone"), move |member| {
        let batch = member.poll(4, SOON).expect("poll").expect("a batch");
        commit(member, &batch);
        groups.forget("gone")
    })
    .await;
    assert!(
        matches!(while_at_work, Err(Error::Refused(_))),
        "{while_at_work:?}"
    );
    let log = blocking(move || {
        log.groups.forget("gone").expect("forget");
        log.groups.forget("gone").expect("a second time");
        log
    })
    .await;
    assert_lag(&log, "gone", 10).await;
}

/// What one stage writes the next stage gets, written or durable.
pub async fn what_one_stage_writes_the_next_stage_gets(log: EventLog) {
    append(&log, numbered(2, 3)).await;
    blocking(move || {
        let mut first = log.groups.join(group("first")).expect("join");
        let batch = next(first.as_mut());
        for (n, sees) in [Sees::Written, Sees::Durable].into_iter().enumerate() {
            let spec = GroupSpec {
                input: OUT,
                sees,
                ..group(&format!("second-{n}"))
            };
            let mut second = log.groups.join(spec).expect("join");
            let step = Step {
                outputs: vec![record(OUT, 7, "k", "onward")],
                ..after(&batch)
            };
            first.commit(step).expect("commit");
            let got = next(second.as_mut());
            assert_eq!(values(&got)[0], "onward");
        }
    })
    .await;
}
