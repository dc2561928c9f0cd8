//! A processor and a sink for tests: each record's value is a word that says what is to become of it.

use crate::processor::{Effects, Failure, Outcome, Processor, Rejection};
use crate::sink::{Reading, Sink};
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::state::{Change, StateView};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{RowKey, RowWrite, View, ViewVersion};
use mediamesh_ports::event_log::{GroupSpec, NewRecord, Record, Sees, header};
use mediamesh_ports::view_store::{Error, WriteViews};
use mediamesh_schemas::Topic;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What lets a script wait.
pub(crate) type Gate = Arc<AtomicBool>;

/// Does what records say: `emit`, `keep`, `again`, `reject`, `panic`, `wait`, `fan <n>`.
pub(crate) struct Scripted {
    pub closed: Gate,
}

pub(crate) fn spec(store: Option<&'static str>) -> GroupSpec {
    GroupSpec {
        name: "scripted".to_owned(),
        input: Topic::ContentCommands,
        store,
        sees: Sees::Written,
    }
}

pub(crate) fn event(partition: Partition, key: &[u8], value: &str) -> NewRecord {
    NewRecord {
        topic: Topic::ContentEvents,
        partition,
        key: key.to_vec(),
        value: Some(value.as_bytes().to_vec()),
        headers: Vec::new(),
        timestamp: Timestamp(0),
    }
}

pub(crate) fn command(partition: i32, key: &str, value: &str) -> NewRecord {
    NewRecord {
        topic: Topic::ContentCommands,
        headers: vec![(header::CORRELATION_ID.to_owned(), b"c-1".to_vec())],
        ..event(Partition(partition), key.as_bytes(), value)
    }
}

pub(crate) fn text(value: &Option<Vec<u8>>) -> String {
    String::from_utf8(value.clone().unwrap_or_default()).unwrap()
}

pub(crate) fn values(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| text(&record.value)).collect()
}

fn put(key: &[u8], value: impl Into<Option<String>>) -> Change {
    Change {
        key: key.to_vec(),
        value: value.into().map(String::into_bytes),
    }
}

impl Processor for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn process(
        &mut self,
        record: &Record,
        _state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<Outcome, Failure> {
        let script = text(&record.value);
        let (word, rest) = script.split_once(' ').unwrap_or((&script, ""));
        match word {
            "keep" => effects.changes.push(put(&record.key, rest.to_owned())),
            "again" => {}
            "panic" => panic!("as told"),
            "wait" if self.closed.load(Ordering::SeqCst) => {
                effects
                    .outputs
                    .push(event(record.partition, &record.key, "void"));
                return Err(Failure::Transient("the gate is closed".to_owned()));
            }
            "reject" => {
                effects
                    .outputs
                    .push(event(record.partition, &record.key, "void"));
                let answer = event(record.partition, &record.key, "refused");
                let rejection = Rejection::new("bad_word", "no such word").answering(answer);
                return Err(Failure::Rejection(rejection));
            }
            "fan" => {
                effects.changes.push(put(b"fan", rest.to_owned()));
                effects
                    .outputs
                    .push(event(record.partition, &record.key, "fan"));
            }
            _ => effects
                .outputs
                .push(event(record.partition, &record.key, &script)),
        }
        effects.said = Some(Seq(record.offset.0 + 1));
        Ok(Outcome::of(effects))
    }

    fn resume(
        &mut self,
        partition: Partition,
        state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<bool, Failure> {
        let Some(left) = state.get(b"fan")? else {
            return Ok(false);
        };
        if self.closed.load(Ordering::SeqCst) {
            return Err(Failure::Transient("the gate is closed".to_owned()));
        }
        let left: i32 = String::from_utf8(left).unwrap().parse().unwrap();
        effects
            .outputs
            .push(event(partition, b"fan", &format!("chunk {left}")));
        effects
            .changes
            .push(put(b"fan", (left > 1).then(|| (left - 1).to_string())));
        Ok(true)
    }

    fn finish(
        &mut self,
        partition: Partition,
        said: Option<Seq>,
        effects: &mut Effects,
    ) -> Result<(), Failure> {
        if let Some(said) = said {
            effects
                .outputs
                .push(event(partition, b"said", &format!("said {said}")));
        }
        Ok(())
    }
}

/// Keeps what it is told in memory; `unreadable` cannot be read and `unwritable` not written while closed.
pub(crate) struct ScriptedSink {
    pub closed: Gate,
    pub away: Gate,
    pub written: Arc<Mutex<Vec<String>>>,
    pub flushes: Arc<Mutex<Vec<Position>>>,
}

impl Sink for ScriptedSink {
    type Item = String;

    fn view(&self) -> ViewVersion {
        ViewVersion::new(View::History, 1)
    }

    fn read(&self, record: &Record) -> Result<Reading<String>, Failure> {
        let word = text(&record.value);
        if word.starts_with("unreadable") && self.closed.load(Ordering::SeqCst) {
            return Err(Failure::rejected("unreadable", "as told"));
        }
        if word.starts_with("wait") && self.away.load(Ordering::SeqCst) {
            return Err(Failure::Transient("the registry is away".to_owned()));
        }
        Ok(Reading {
            item: Some(word),
            said: Some(Seq(record.offset.0 + 1)),
        })
    }

    fn write(&mut self, items: &[String]) -> Result<(), Failure> {
        if items.iter().any(|item| item.starts_with("unwritable"))
            && self.closed.load(Ordering::SeqCst)
        {
            return Err(Failure::rejected("unwritable", "as told"));
        }
        self.written.lock().unwrap().extend_from_slice(items);
        Ok(())
    }

    fn flush(&mut self, progress: &Position) -> Result<(), Failure> {
        self.flushes.lock().unwrap().push(progress.clone());
        Ok(())
    }
}

/// Rows in memory, guarded by `seq`.
#[derive(Default)]
pub(crate) struct Rows {
    pub rows: Mutex<BTreeMap<(ViewVersion, RowKey), RowWrite>>,
    pub progress: Mutex<BTreeMap<(ViewVersion, Partition), Seq>>,
}

#[async_trait::async_trait]
impl WriteViews for Rows {
    async fn apply(&self, view: ViewVersion, rows: Vec<RowWrite>) -> Result<(), Error> {
        let mut all = self.rows.lock().unwrap();
        for row in rows {
            let at = all
                .entry((view, row.key.clone()))
                .or_insert_with(|| row.clone());
            if at.seq <= row.seq {
                *at = row;
            }
        }
        Ok(())
    }

    async fn set_progress(
        &self,
        view: ViewVersion,
        partition: Partition,
        seq: Seq,
    ) -> Result<(), Error> {
        self.progress.lock().unwrap().insert((view, partition), seq);
        Ok(())
    }

    async fn progress(&self, view: ViewVersion, partition: Partition) -> Result<Seq, Error> {
        let progress = self.progress.lock().unwrap();
        Ok(progress
            .get(&(view, partition))
            .copied()
            .unwrap_or_default())
    }

    async fn drop_version(&self, view: ViewVersion) -> Result<(), Error> {
        self.rows.lock().unwrap().retain(|(v, _), _| *v != view);
        Ok(())
    }
}
