//! What the state of processors must do.

use super::{EventLog, SOON, record, suite};
use crate::event_log::{Error, GroupSpec, Member, Sees, Step};
use crate::state_store::{StateChange, StateRead};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_schemas::Topic;
use std::sync::Arc;

suite! { $ state_contract, state:
    a_committed_change_is_read,
    a_removed_key_is_gone,
    a_scan_gives_the_prefix_in_order_a_page_at_a_time,
    partitions_and_stores_do_not_mix,
    state_is_there_for_the_next_member,
    a_group_without_a_store_has_no_state,
    a_failed_commit_changes_no_state,
}

const P: Partition = Partition(1);

fn spec(name: &str, store: Option<&'static str>) -> GroupSpec {
    GroupSpec {
        name: name.to_owned(),
        input: Topic::ContentCommands,
        store,
        sees: Sees::Written,
    }
}

async fn with_member<T: Send + 'static>(
    log: EventLog,
    spec: GroupSpec,
    work: impl FnOnce(&mut dyn Member) -> T + Send + 'static,
) -> (EventLog, T) {
    let records = vec![record(Topic::ContentCommands, 1, "k", "v")];
    log.append.append(records).await.expect("append");
    tokio::task::spawn_blocking(move || {
        let mut member = log.groups.join(spec).expect("join");
        member.poll(1, SOON).expect("poll").expect("a batch");
        let done = work(member.as_mut());
        drop(member);
        (log, done)
    })
    .await
    .expect("the member's thread")
}

fn set(key: &str, value: Option<&str>) -> StateChange {
    StateChange {
        key: key.as_bytes().to_vec(),
        value: value.map(|value| value.as_bytes().to_vec()),
    }
}

fn step(partition: Partition, changes: Vec<StateChange>) -> Step {
    Step {
        partition,
        next_offset: Offset(0),
        changes,
        ..Step::default()
    }
}

fn get(state: &Arc<dyn StateRead>, key: &str) -> Option<String> {
    let value = state.get(key.as_bytes()).expect("get");
    value.map(|value| String::from_utf8_lossy(&value).into_owned())
}

/// A committed change is read.
pub async fn a_committed_change_is_read(log: EventLog) {
    with_member(log, spec("set", Some("items")), |member| {
        let state = member.state(P).expect("state");
        assert_eq!(get(&state, "a"), None);
        member
            .commit(step(P, vec![set("a", Some("1"))]))
            .expect("commit");
        assert_eq!(get(&state, "a").as_deref(), Some("1"));
        let twice = vec![set("a", Some("2")), set("a", Some("3"))];
        member.commit(step(P, twice)).expect("commit");
        assert_eq!(
            get(&state, "a").as_deref(),
            Some("3"),
            "the last change wins"
        );
    })
    .await;
}

/// A removed key is gone.
pub async fn a_removed_key_is_gone(log: EventLog) {
    with_member(log, spec("remove", Some("items")), |member| {
        let state = member.state(P).expect("state");
        member
            .commit(step(P, vec![set("a", Some("1"))]))
            .expect("commit");
        member
            .commit(step(P, vec![set("a", None)]))
            .expect("commit");
        assert_eq!(get(&state, "a"), None);
        assert_eq!(state.scan(b"", b"", 9).expect("scan"), []);
    })
    .await;
}

/// A scan gives the prefix in order, a page at a time.
pub async fn a_scan_gives_the_prefix_in_order_a_page_at_a_time(log: EventLog) {
    with_member(log, spec("scan", Some("items")), |member| {
        let mut changes: Vec<_> = (0..25)
            .rev()
            .map(|n| set(&format!("b/{n:02}"), Some("v")))
            .collect();
        changes.extend([
            set("a", Some("v")),
            set("b", Some("v")),
            set("b0", Some("v")),
        ]);
        member.commit(step(P, changes)).expect("commit");
        let state = member.state(P).expect("state");
        let (mut after, mut seen) = (Vec::new(), Vec::new());
        loop {
            let page = state.scan(b"b/", &after, 10).expect("scan");
            assert!(page.len() <= 10);
            let Some((last, _)) = page.last() else { break };
            after = last.clone();
            seen.extend(page.into_iter().map(|(key, _)| key));
        }
        let expected: Vec<_> = (0..25).map(|n| format!("b/{n:02}").into_bytes()).collect();
        assert_eq!(seen, expected);
        assert_eq!(state.scan(b"", b"", 99).expect("scan").len(), 28);
    })
    .await;
}

/// Partitions and stores do not mix.
pub async fn partitions_and_stores_do_not_mix(log: EventLog) {
    let (log, ()) = with_member(log, spec("mine", Some("items")), |member| {
        member
            .commit(step(P, vec![set("a", Some("1"))]))
            .expect("commit");
        let other = member.state(Partition(2)).expect("state");
        assert_eq!(get(&other, "a"), None);
    })
    .await;
    with_member(log, spec("theirs", Some("things")), |member| {
        let state = member.state(P).expect("state");
        assert_eq!(get(&state, "a"), None);
    })
    .await;
}

/// State is there for the next member.
pub async fn state_is_there_for_the_next_member(log: EventLog) {
    let (log, ()) = with_member(log, spec("next", Some("items")), |member| {
        member
            .commit(step(P, vec![set("a", Some("1"))]))
            .expect("commit");
    })
    .await;
    with_member(log, spec("next", Some("items")), |member| {
        let state = member.state(P).expect("state");
        assert_eq!(get(&state, "a").as_deref(), Some("1"));
    })
    .await;
}

/// A group without a store has no state.
pub async fn a_group_without_a_store_has_no_state(log: EventLog) {
    with_member(log, spec("stateless", None), |member| {
        assert!(matches!(member.state(P), Err(Error::Refused(_))));
        let commit = member.commit(step(P, vec![set("a", Some("1"))]));
        assert!(matches!(commit, Err(Error::Refused(_))));
    })
    .await;
}

/// A failed commit changes no state.
pub async fn a_failed_commit_changes_no_state(log: EventLog) {
    with_member(log, spec("failed", Some("items")), |member| {
        let failing = Step {
            outputs: vec![record(Topic::ContentEvents, 99, "k", "v")],
            ..step(P, vec![set("a", Some("1"))])
        };
        assert!(member.commit(failing).is_err());
        let state = member.state(P).expect("state");
        assert_eq!(get(&state, "a"), None);
    })
    .await;
}
