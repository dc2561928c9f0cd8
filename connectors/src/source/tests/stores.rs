//! A log and an object store in memory that can be told to fail.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use mediamesh_domain::position::Offset;
use mediamesh_ports::event_log::{self, AppendLog, NewRecord};
use mediamesh_ports::objects;

pub(super) struct Log {
    records: Mutex<Vec<NewRecord>>,
    appends: AtomicUsize,
    fail_after: AtomicUsize,
    largest: AtomicUsize,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            records: Mutex::default(),
            appends: AtomicUsize::new(0),
            fail_after: AtomicUsize::new(usize::MAX),
            largest: AtomicUsize::new(0),
        }
    }
}

impl Log {
    pub(super) fn records(&self) -> Vec<NewRecord> {
        self.records.lock().unwrap().clone()
    }

    pub(super) fn take(&self) -> Vec<NewRecord> {
        std::mem::take(&mut self.records.lock().unwrap())
    }

    pub(super) fn appends(&self) -> usize {
        self.appends.load(Ordering::SeqCst)
    }

    /// The most records that came together.
    pub(super) fn largest(&self) -> usize {
        self.largest.load(Ordering::SeqCst)
    }

    /// Takes so many appends and then no more.
    pub(super) fn fail_after(&self, appends: usize) {
        self.fail_after.store(appends, Ordering::SeqCst);
    }
}

#[async_trait]
impl AppendLog for Log {
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, event_log::Error> {
        if self.appends() >= self.fail_after.load(Ordering::SeqCst) {
            return Err(event_log::Error::Transient("told to fail".into()));
        }
        self.appends.fetch_add(1, Ordering::SeqCst);
        self.largest.fetch_max(records.len(), Ordering::SeqCst);
        let mut all = self.records.lock().unwrap();
        let first = all.len();
        all.extend(records);
        Ok((first..all.len()).map(|n| Offset(n as i64)).collect())
    }
}

#[derive(Default)]
pub(super) struct Objects {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    writes: AtomicUsize,
}

impl Objects {
    pub(super) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.objects.lock().unwrap().get(name).cloned()
    }

    /// All objects, as text as far as they are.
    pub(super) fn all(&self) -> Vec<String> {
        let objects = self.objects.lock().unwrap();
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        objects.values().map(text).collect()
    }

    /// Puts other bytes into all objects whose names begin so.
    pub(super) fn overwrite(&self, prefix: &str, bytes: &[u8]) {
        let mut objects = self.objects.lock().unwrap();
        for (name, object) in objects.iter_mut() {
            if name.starts_with(prefix) {
                *object = bytes.to_vec();
            }
        }
    }
}

#[async_trait]
impl objects::Objects for Objects {
    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), objects::Error> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.objects.lock().unwrap().insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, objects::Error> {
        Ok(self.read(name))
    }

    async fn delete(&self, name: &str) -> Result<(), objects::Error> {
        self.objects.lock().unwrap().remove(name);
        Ok(())
    }

    async fn list(&self, _: &str, _: &str, _: usize) -> Result<Vec<String>, objects::Error> {
        Ok(Vec::new())
    }
}
