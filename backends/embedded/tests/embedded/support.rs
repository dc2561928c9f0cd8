//! What several tests need.

use mediamesh_domain::position::{Offset, Partition};
use mediamesh_embedded::{Embedded, Faults, Options};
use mediamesh_ports::contract::record;
use mediamesh_ports::event_log::{AppendLog, Error, GroupSpec, Groups, Member, ReadLog, Sees};
use mediamesh_schemas::Topic;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use tempfile::TempDir;

/// The topic that most tests append to.
pub const TOPIC: Topic = Topic::ContentCommands;
/// The partition that most tests append to.
pub const P: Partition = Partition(1);

/// An empty database in a directory of its own.
pub fn open() -> (Embedded, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    (reopen(dir.path()), dir)
}

/// Opens a database that must open.
pub fn reopen(dir: &Path) -> Embedded {
    Embedded::open(dir, Options::default()).expect("opens")
}

/// Opens a database whose disk can fail.
pub fn open_with(dir: &Path, faults: Arc<dyn Faults>) -> Embedded {
    let options = Options {
        faults: Some(faults),
        ..Options::default()
    };
    Embedded::open(dir, options).expect("opens")
}

/// Appends one record.
pub async fn append(log: &Embedded, value: &str) -> Result<Offset, Error> {
    let appended = log.append(vec![record(TOPIC, P.0, "key", value)]).await;
    appended.map(|offsets| offsets[0])
}

/// Every value that a durable reader sees.
pub async fn values(log: &Embedded, topic: Topic, partition: Partition) -> Vec<String> {
    let records = log.read(topic, partition, Offset(0), usize::MAX).await;
    let records = records.expect("reads").records;
    let values = records.into_iter().filter_map(|record| record.value);
    values
        .map(|value| String::from_utf8_lossy(&value).into_owned())
        .collect()
}

/// Joins a group of [`TOPIC`].
pub fn join(log: &Embedded, name: &str, sees: Sees) -> Result<Box<dyn Member>, Error> {
    log.join(GroupSpec {
        name: name.to_owned(),
        input: TOPIC,
        store: Some("items"),
        sees,
    })
}

/// The journal's newest file.
pub fn journal(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir.join("store")).expect("a store");
    files
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jnl"))
        .max()
        .expect("a journal")
}

/// The bytes of a file up to the last that is not zero.
pub fn bytes_in_use(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).expect("reads");
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |n| n + 1);
    bytes.truncate(used);
    bytes
}

/// What the disk would hold if the machine stopped now.
pub fn crash_image(dir: &Path) -> TempDir {
    let image = tempfile::tempdir().expect("a directory");
    copy(dir, image.path());
    image
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            // A file that is removed meanwhile is not there after a crash either.
            let _ = fs::copy(entry.path(), to);
        }
    }
}

/// A disk that fails from some commit or sync on, and counts.
#[derive(Default)]
pub struct Failing {
    /// Commits and syncs that were asked for.
    pub commits: AtomicUsize,
    /// Syncs that were asked for.
    pub syncs: AtomicUsize,
    next_commit: Mutex<Option<io::ErrorKind>>,
    next_sync: Mutex<Option<io::ErrorKind>>,
    closed: Mutex<bool>,
    opened: Condvar,
}

impl Failing {
    fn pass_gate(&self) {
        let mut closed = self.closed.lock().expect("a lock");
        while *closed {
            closed = self.opened.wait(closed).expect("a lock");
        }
    }

    /// Lets the next commit fail.
    pub fn fail_commit(&self, kind: io::ErrorKind) {
        *self.next_commit.lock().expect("a lock") = Some(kind);
    }

    /// Lets the next sync fail.
    pub fn fail_sync(&self, kind: io::ErrorKind) {
        *self.next_sync.lock().expect("a lock") = Some(kind);
    }
}

/// While it lives, no sync comes through; a test that fails lets them through as well.
pub struct ClosedGate(Arc<Failing>);

impl ClosedGate {
    /// Lets no sync come through from now on.
    pub fn new(faults: &Arc<Failing>) -> Self {
        *faults.closed.lock().expect("a lock") = true;
        Self(faults.clone())
    }
}

impl Drop for ClosedGate {
    fn drop(&mut self) {
        *self.0.closed.lock().expect("a lock") = false;
        self.0.opened.notify_all();
    }
}

fn fail(next: &Mutex<Option<io::ErrorKind>>) -> io::Result<()> {
    match next.lock().expect("a lock").take() {
        Some(kind) => Err(kind.into()),
        None => Ok(()),
    }
}

impl Faults for Failing {
    fn before_commit(&self) -> io::Result<()> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        fail(&self.next_commit)
    }

    fn before_sync(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        self.pass_gate();
        fail(&self.next_sync)
    }
}
