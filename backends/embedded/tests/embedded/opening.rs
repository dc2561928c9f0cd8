//! Opening a data directory: locked, of the right format, whole.

use super::support::{P, TOPIC, append, bytes_in_use, journal, open, reopen, values};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::view::{RowKey, RowWrite, Table, View, ViewVersion};
use mediamesh_embedded::{Embedded, OpenError, Options};
use mediamesh_ports::event_log::{Groups, Sees, Step};
use mediamesh_ports::registry::Registry;
use mediamesh_ports::state_store::StateChange;
use mediamesh_ports::view_store::{ReadViews, WriteViews};
use std::fs;
use std::path::Path;
use std::time::Duration;

const SCHEMA: &str =
    r#"{"type":"record","name":"Thing","fields":[{"name":"title","type":"string"}]}"#;

fn refused(dir: &Path) -> OpenError {
    match Embedded::open(dir, Options::default()) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn reopening_keeps_records_offsets_state_views_and_schemas() {
    let (log, dir) = open();
    assert!(log.opened().created);
    for n in 0..10 {
        append(&log, &n.to_string()).await.expect("append");
    }
    let mut member = super::support::join(&log, "group", Sees::Written).expect("join");
    let batch = member.poll(4, Duration::ZERO).expect("poll");
    let batch = batch.expect("a batch");
    let step = Step {
        partition: P,
        next_offset: batch.records[3].offset.next(),
        changes: vec![StateChange {
            key: b"key".to_vec(),
            value: Some(b"state".to_vec()),
        }],
        outputs: Vec::new(),
    };
    member.commit(step).expect("commit");
    drop(member);
    let view = ViewVersion::new(View::Catalog, 3);
    let key = RowKey::new(Table::Documents, "p", "c");
    let row = RowWrite {
        key: key.clone(),
        seq: Seq(5),
        value: Some((b"m".to_vec(), b"b".to_vec())),
    };
    log.apply(view, vec![row]).await.expect("apply");
    log.set_progress(view, P, Seq(5)).await.expect("progress");
    let id = log.register("other-value", SCHEMA).expect("register");
    drop(log);

    let log = reopen(dir.path());
    assert!(!log.opened().created);
    assert_eq!(log.opened().torn, None);
    let expected: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(values(&log, TOPIC, P).await, expected);
    assert_eq!(log.lag("group", TOPIC, P).expect("lag"), 6);
    let mut member = super::support::join(&log, "group", Sees::Written).expect("join");
    let state = member.state(P).expect("state");
    assert_eq!(
        state.get(b"key").expect("get").as_deref(),
        Some(&b"state"[..])
    );
    let next = member
        .poll(1, Duration::ZERO)
        .expect("poll")
        .expect("a batch");
    assert_eq!(next.records[0].value.as_deref(), Some(&b"4"[..]));
    assert!(log.get(view, &key).await.expect("get").is_some());
    assert_eq!(log.progress(view, P).await.expect("progress"), Seq(5));
    assert_eq!(log.schema(id).expect("schema"), SCHEMA);
    let offset = append(&log, "next").await.expect("append");
    assert_eq!(offset.0, 10);
    assert_eq!(values(&log, TOPIC, Partition(2)).await, [""; 0]);
}

#[tokio::test]
async fn a_second_opening_is_refused_naming_the_directory_and_the_process() {
    let (log, dir) = open();
    let error = refused(dir.path());
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    let sentence = error.to_string();
    assert!(
        sentence.contains(&dir.path().display().to_string()),
        "{sentence}"
    );
    assert!(
        sentence.contains(&std::process::id().to_string()),
        "{sentence}"
    );
    assert_eq!(sentence.lines().count(), 1);
    drop(log);
    reopen(dir.path());
}

#[test]
fn a_directory_is_held_until_the_last_member_is_gone() {
    let (log, dir) = open();
    let member = super::support::join(&log, "group", Sees::Durable).expect("join");
    drop(log);
    assert!(matches!(refused(dir.path()), OpenError::InUse { .. }));
    drop(member);
    reopen(dir.path());
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let (log, dir) = open();
    drop(log);
    let format = dir.path().join("format");
    fs::write(&format, "mediamesh data format 2\n").expect("writes");
    let error = refused(dir.path());
    assert!(
        matches!(
            error,
            OpenError::Newer {
                found: 2,
                supported: 1,
                ..
            }
        ),
        "{error}"
    );
    let kept = fs::read_to_string(&format).expect("reads");
    assert_eq!(kept, "mediamesh data format 2\n");
    fs::write(&format, "something else").expect("writes");
    assert!(matches!(refused(dir.path()), OpenError::NotOurs { .. }));
}

#[tokio::test]
async fn a_torn_end_is_cut_and_told() {
    let (log, dir) = open();
    for n in 0..5 {
        append(&log, &n.to_string()).await.expect("append");
    }
    drop(log);
    // A commit whose writing stopped half way.
    let path = journal(dir.path());
    let mut bytes = bytes_in_use(&path);
    let whole = bytes.len();
    let torn = bytes[..70].to_vec();
    bytes.extend(&torn);
    bytes.extend([0; 4096]);
    fs::write(&path, bytes).expect("writes");

    let log = reopen(dir.path());
    let told = log.opened().torn.clone().expect("a torn end");
    assert_eq!((told.file, told.offset), (path, whole as u64));
    let used = torn.iter().rposition(|byte| *byte != 0).expect("a byte") + 1;
    assert_eq!(told.bytes, used as u64);
    assert_eq!(values(&log, TOPIC, P).await.len(), 5);
    assert_eq!(append(&log, "next").await.expect("append").0, 5);
    drop(log);
    let log = reopen(dir.path());
    assert_eq!(log.opened().torn, None);
    assert_eq!(values(&log, TOPIC, P).await.len(), 6);
}

#[tokio::test]
async fn wherever_the_journal_ends_what_is_left_is_a_prefix() {
    let (log, dir) = open();
    for n in 0..20 {
        append(&log, &n.to_string()).await.expect("append");
    }
    drop(log);
    fs::remove_file(dir.path().join("clean")).expect("a clean end");
    let path = journal(dir.path());
    let whole = bytes_in_use(&path);
    let (mut longest, step) = (20, whole.len() / 23);
    for length in (step..whole.len()).step_by(step).rev() {
        fs::write(&path, &whole[..length]).expect("writes");
        let log = reopen(dir.path());
        let left = values(&log, TOPIC, P).await;
        let expected: Vec<_> = (0..left.len()).map(|n| n.to_string()).collect();
        assert_eq!(left, expected);
        assert!(left.len() <= longest);
        longest = left.len();
        drop(log);
        fs::remove_file(dir.path().join("clean")).expect("a clean end");
    }
    assert!(longest < 3);
}

#[tokio::test]
async fn damage_in_the_middle_is_refused_with_its_place_and_nothing_is_cut() {
    let (log, dir) = open();
    for n in 0..20 {
        append(&log, &format!("value-{n:03}"))
            .await
            .expect("append");
    }
    drop(log);
    fs::remove_file(dir.path().join("clean")).expect("a clean end");
    let path = journal(dir.path());
    let whole = bytes_in_use(&path);
    let at = |needle: &[u8]| {
        let mut windows = whole.windows(needle.len());
        windows
            .position(|window| window == needle)
            .expect("it is there")
    };
    let value = at(b"value-007");
    // A value, a tag (which fjall alone would take for the end), a length.
    for (place, byte) in [(value, b'V'), (value - 60, 0xee), (0, 7), (1, 200)] {
        let mut bytes = whole.clone();
        bytes[place] = byte;
        fs::write(&path, &bytes).expect("writes");
        let error = refused(dir.path());
        assert!(
            matches!(error, OpenError::Damaged { .. }),
            "{place}: {error}"
        );
        let file = path.file_name().expect("a name").to_string_lossy();
        assert!(error.to_string().contains(&*file), "{error}");
        assert_eq!(bytes_in_use(&path), bytes, "nothing is changed");
    }
    fs::write(&path, &whole).expect("writes");
    assert_eq!(values(&reopen(dir.path()), TOPIC, P).await.len(), 20);
}

#[tokio::test]
async fn a_damaged_end_is_refused_after_a_clean_close_and_cut_after_a_crash() {
    for clean in [true, false] {
        let (log, dir) = open();
        for n in 0..5 {
            append(&log, &n.to_string()).await.expect("append");
        }
        drop(log);
        let path = journal(dir.path());
        let mut bytes = bytes_in_use(&path);
        let last = bytes.len() - 10;
        bytes[last] ^= 1;
        fs::write(&path, &bytes).expect("writes");
        if clean {
            let error = refused(dir.path());
            assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        } else {
            fs::remove_file(dir.path().join("clean")).expect("a clean end");
            let log = reopen(dir.path());
            assert!(log.opened().torn.is_some());
            assert_eq!(values(&log, TOPIC, P).await.len(), 4);
        }
    }
}
