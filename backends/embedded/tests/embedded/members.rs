//! What is the embedded log's own about groups: one member owns all.

use super::support::{P, append, join, open};
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{Error, Groups, Sees, Step};
use mediamesh_ports::state_store::StateChange;
use std::time::Duration;

#[test]
fn a_second_member_is_refused_until_the_first_is_gone() {
    let (log, _dir) = open();
    let first = join(&log, "group", Sees::Durable).expect("join");
    assert_eq!(first.owned().len(), 12);
    let second = join(&log, "group", Sees::Durable);
    assert!(matches!(second, Err(Error::Refused(_))));
    let other = join(&log, "other", Sees::Durable);
    assert!(other.is_ok());
    drop(first);
    assert!(join(&log, "group", Sees::Durable).is_ok());
}

#[test]
fn names_that_cannot_be_kept_are_refused() {
    let (log, _dir) = open();
    for name in ["", "a\0b", &"n".repeat(201)] {
        assert!(matches!(
            join(&log, name, Sees::Durable),
            Err(Error::Refused(_))
        ));
    }
    let mut member = join(&log, "group", Sees::Durable).expect("join");
    for key in [Vec::new(), vec![b'k'; 70_000]] {
        let step = Step {
            partition: P,
            changes: vec![StateChange { key, value: None }],
            ..Step::default()
        };
        assert!(matches!(member.commit(step), Err(Error::Refused(_))));
    }
    let step = Step {
        partition: Partition(12),
        ..Step::default()
    };
    assert!(matches!(member.commit(step), Err(Error::Refused(_))));
}

#[tokio::test]
async fn the_lag_of_a_group_that_never_was_is_everything() {
    let (log, _dir) = open();
    append(&log, "a").await.expect("append");
    assert_eq!(log.lag("never", super::support::TOPIC, P).expect("lag"), 1);
}

#[tokio::test]
async fn a_batch_says_whether_more_is_there() {
    let (log, _dir) = open();
    for n in 0..3 {
        append(&log, &n.to_string()).await.expect("append");
    }
    let mut member = join(&log, "group", Sees::Durable).expect("join");
    let first = member
        .poll(2, Duration::ZERO)
        .expect("poll")
        .expect("a batch");
    assert!(!first.caught_up);
    let step = Step {
        partition: P,
        next_offset: first.records[1].offset.next(),
        ..Step::default()
    };
    member.commit(step).expect("commit");
    let last = member
        .poll(2, Duration::ZERO)
        .expect("poll")
        .expect("a batch");
    assert!(last.caught_up);
}
