//! What is acknowledged is on disk; what is not on disk is not seen; a disk that failed is not trusted again.

use super::support::{
    ClosedGate, Failing, P, TOPIC, append, bytes_in_use, crash_image, join, journal, open_with,
    reopen, values,
};
use mediamesh_domain::position::{Offset, Partition, Seq};
use mediamesh_domain::view::{RowKey, RowWrite, Table, View, ViewVersion};
use mediamesh_embedded::{Embedded, Health};
use mediamesh_ports::contract::record;
use mediamesh_ports::event_log::{Error, GroupSpec, Groups, ReadLog, Sees, Step};
use mediamesh_ports::state_store::StateChange;
use mediamesh_ports::view_store::WriteViews;
use mediamesh_schemas::Topic;
use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const OUT: Topic = Topic::ContentEvents;
const SOON: Duration = Duration::from_secs(10);

fn failing() -> (Embedded, Arc<Failing>, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let faults = Arc::new(Failing::default());
    let log = open_with(dir.path(), faults.clone());
    (log, faults, dir)
}

fn step_with_output(value: &str) -> Step {
    Step {
        partition: P,
        next_offset: Offset(1),
        changes: Vec::new(),
        outputs: vec![record(OUT, 3, "key", value)],
    }
}

async fn assert_poisoned(log: &Embedded) {
    assert!(matches!(log.health(), Health::Poisoned(_)));
    let answer = append(log, "later").await;
    assert!(matches!(answer, Err(Error::Poisoned(_))), "{answer:?}");
    let log = log.clone();
    let commit = tokio::task::spawn_blocking(move || {
        let mut member = join(&log, "late", Sees::Durable).expect("join");
        member.commit(step_with_output("late"))
    });
    let commit = commit.await.expect("a thread");
    assert!(matches!(commit, Err(Error::Poisoned(_))), "{commit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_nothing_is_acknowledged_and_reads_go_on() {
    let (log, faults, dir) = failing();
    append(&log, "durable").await.expect("append");
    faults.fail_sync(ErrorKind::Other);
    let answer = append(&log, "lost?").await;
    assert!(matches!(answer, Err(Error::Transient(_))), "{answer:?}");
    let syncs = faults.syncs.load(Ordering::SeqCst);
    assert_poisoned(&log).await;
    assert_eq!(values(&log, TOPIC, P).await, ["durable"]);
    let end = log.bounds(TOPIC, P).await.expect("bounds").end;
    assert_eq!(end, Offset(1), "what was not synced is not seen");
    drop(log);
    assert_eq!(
        faults.syncs.load(Ordering::SeqCst),
        syncs,
        "no sync is retried"
    );

    let log = reopen(dir.path());
    assert_eq!(log.health(), Health::Ready);
    let left = values(&log, TOPIC, P).await;
    assert_eq!(left[0], "durable");
    assert!(left.len() <= 2, "{left:?}");
    let next = append(&log, "again").await.expect("append");
    assert_eq!(next.0 as usize, left.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_keeps_what_was_acknowledged() {
    let (log, faults, dir) = failing();
    for n in 0..10 {
        append(&log, &n.to_string()).await.expect("append");
    }
    faults.fail_commit(ErrorKind::StorageFull);
    let answer = append(&log, "too much").await;
    assert!(matches!(answer, Err(Error::Transient(_))), "{answer:?}");
    assert_poisoned(&log).await;
    assert_eq!(values(&log, TOPIC, P).await.len(), 10);
    let row = RowWrite {
        key: RowKey::new(Table::Documents, "p", "c"),
        seq: Seq(1),
        value: None,
    };
    let view = ViewVersion::new(View::Catalog, 1);
    assert!(log.apply(view, vec![row]).await.is_err());
    drop(log);
    let log = reopen(dir.path());
    assert_eq!(values(&log, TOPIC, P).await.len(), 10);
    append(&log, "there is room again").await.expect("append");
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_are_seen_by_the_next_stage_at_once_and_by_readers_when_durable() {
    let (log, faults, _dir) = failing();
    append(&log, "in").await.expect("append");
    let gate = ClosedGate::new(&faults);
    let (first, spec) = (log.clone(), |name: &str, sees| GroupSpec {
        name: name.to_owned(),
        input: OUT,
        store: None,
        sees,
    });
    let (written, durable) = (
        spec("written", Sees::Written),
        spec("durable", Sees::Durable),
    );
    let (mut written, mut durable) = tokio::task::spawn_blocking(move || {
        let mut member = join(&first, "first", Sees::Written).expect("join");
        // Returns although no sync comes through.
        member.commit(step_with_output("out")).expect("commit");
        let mut written = first.join(written).expect("join");
        let mut durable = first.join(durable).expect("join");
        let seen = written.poll(9, SOON).expect("poll").expect("a batch");
        assert_eq!(seen.records.len(), 1);
        let wait = Duration::from_millis(50);
        assert_eq!(durable.poll(9, wait).expect("poll"), None);
        (written, durable)
    })
    .await
    .expect("a thread");
    assert_eq!(values(&log, OUT, Partition(3)).await, [""; 0]);
    drop(gate);
    let seen = tokio::task::spawn_blocking(move || durable.poll(9, SOON).expect("poll"));
    assert!(seen.await.expect("a thread").is_some());
    assert_eq!(values(&log, OUT, Partition(3)).await, ["out"]);
    assert_eq!(written.poll(9, Duration::ZERO).expect("poll"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_waits_for_its_sync() {
    let (log, faults, _dir) = failing();
    let gate = ClosedGate::new(&faults);
    let appending = {
        let log = log.clone();
        tokio::spawn(async move { append(&log, "waits").await })
    };
    std::thread::sleep(Duration::from_millis(100));
    assert!(!appending.is_finished(), "acknowledged before the sync");
    drop(gate);
    appending.await.expect("a task").expect("append");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_appends_share_syncs() {
    let (log, faults, _dir) = failing();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move { append(&log, &n.to_string()).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task").expect("append");
    }
    let syncs = faults.syncs.load(Ordering::SeqCst);
    assert!(syncs <= 100, "{syncs} syncs for 200 appends at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_machine_stops_what_was_acknowledged_is_there() {
    let (log, _faults, dir) = failing();
    let writing = {
        let log = log.clone();
        tokio::spawn(async move {
            for n in 0..2000 {
                if append(&log, &n.to_string()).await.is_err() {
                    break;
                }
            }
        })
    };
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let acknowledged = values(&log, TOPIC, P).await;
        let image = crash_image(dir.path());
        let later = reopen(image.path());
        let left = values(&later, TOPIC, P).await;
        assert!(left.len() >= acknowledged.len());
        let expected: Vec<_> = (0..left.len()).map(|n| n.to_string()).collect();
        assert_eq!(left, expected);
    }
    writing.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_what_was_never_durable_is_cut_also_where_more_follows() {
    let (log, faults, dir) = failing();
    append(&log, "durable").await.expect("append");
    let gate = ClosedGate::new(&faults);
    let image = {
        let log = log.clone();
        let dir = dir.path().to_owned();
        tokio::task::spawn_blocking(move || {
            let mut member = join(&log, "group", Sees::Written).expect("join");
            for n in 0..5 {
                let change = StateChange {
                    key: b"key".to_vec(),
                    value: Some(format!("unsynced-{n}").into_bytes()),
                };
                let step = Step {
                    changes: vec![change],
                    ..step_with_output(&format!("out-{n}"))
                };
                member.commit(step).expect("commit");
            }
            crash_image(&dir)
        })
        .await
        .expect("a thread")
    };
    drop(gate);
    // A page of the second commit never reached the disk; the ones after it did.
    let path = journal(image.path());
    let mut bytes = bytes_in_use(&path);
    let needle = b"unsynced-1";
    let mut windows = bytes.windows(needle.len());
    let at = windows
        .position(|window| window == needle)
        .expect("it is there");
    bytes[at..at + needle.len()].fill(0);
    fs::write(&path, bytes).expect("writes");
    let later = reopen(image.path());
    assert!(later.opened().torn.is_some());
    assert_eq!(values(&later, TOPIC, P).await, ["durable"]);
    assert_eq!(values(&later, OUT, Partition(3)).await, ["out-0"]);
    let member = join(&later, "group", Sees::Written).expect("join");
    let state = member.state(P).expect("state").get(b"key").expect("get");
    assert_eq!(
        state.as_deref(),
        Some(&b"unsynced-0"[..]),
        "state and outputs agree"
    );
}
