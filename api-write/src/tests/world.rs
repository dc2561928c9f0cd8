//! Doubles of the ports around the domain's own deciders: a log that decides what it takes, at once.

mod asking;
mod connectors;
mod ports;

pub use asking::{Answer, Call, Desk, call, episode, make_key, program, tell};

use crate::connect::{Push, TrialWish};
use async_trait::async_trait;
use mediamesh_domain::command::Command;
use mediamesh_domain::control::accounts::{AccountBody, AccountRecord};
use mediamesh_domain::control::{ControlCommand, ControlState};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::UserId;
use mediamesh_domain::parked::HeldKey;
use mediamesh_domain::position::{Offset, Partition, Position, Seq};
use mediamesh_domain::state::{Change, KeyValue, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::Verdict;
use mediamesh_domain::view::{Row, RowKey, RowWrite};
use mediamesh_domain::{control, decide, project};
use mediamesh_ports::accounts::Account;
use mediamesh_ports::event_log;
use mediamesh_ports::event_log::{AppendLog, NewRecord};
use mediamesh_schemas::{Codec, Topic};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::oneshot;
use uuid::Uuid;

pub const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

/// How the log behaves.
#[derive(Clone, Debug, Default)]
pub enum Mode {
    /// It takes commands and they are decided.
    #[default]
    Decides,
    /// It takes commands and nobody decides them.
    Takes,
    /// It fails so.
    Fails(event_log::Error),
    /// It never answers.
    Hangs,
}

#[derive(Default)]
struct Map(BTreeMap<Vec<u8>, Vec<u8>>);

impl StateView for Map {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        Ok(self.0.get(key).cloned())
    }
    fn scan(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Vec<KeyValue>, Unreadable> {
        let rows = self
            .0
            .iter()
            .filter(|(key, _)| key.starts_with(prefix) && key.as_slice() > after);
        Ok(rows
            .take(max)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect())
    }
}

impl Map {
    fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change.value {
                Some(value) => self.0.insert(change.key, value),
                None => self.0.remove(&change.key),
            };
        }
    }
}

#[derive(Default)]
pub struct Inner {
    pub mode: Mode,
    pub appended: Vec<NewRecord>,
    pub commands: Vec<Command>,
    pub events: Vec<Event>,
    pub control: Arc<ControlState>,
    content_state: BTreeMap<Partition, Map>,
    control_state: Map,
    pub rows: BTreeMap<RowKey, Row>,
    position: Position,
    waiting: BTreeMap<Uuid, Vec<oneshot::Sender<Verdict>>>,
    /// Whether the catalogue view follows.
    pub stalled: bool,
    /// What views hold back.
    pub held: Vec<HeldKey>,
    /// What is personal of people.
    pub accounts: BTreeMap<UserId, Account>,
    /// When each bucket of attempts is full.
    buckets: BTreeMap<String, u64>,
    pub tried: Vec<TrialWish>,
    pub pushed: Vec<Push>,
}

/// All ports in one.
pub struct World {
    inner: Mutex<Inner>,
    codec: Codec,
}

impl World {
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// How many events there are of content and of control.
    pub fn end(&self) -> (usize, Seq) {
        let inner = self.lock();
        (inner.events.len(), inner.control.seq)
    }

    fn take(&self, record: NewRecord) {
        let bytes = record.value.clone().unwrap();
        self.lock().appended.push(record.clone());
        if matches!(self.lock().mode, Mode::Takes) {
            return;
        }
        match record.topic {
            Topic::ContentCommands => {
                self.decide(record.partition, self.codec.decode(&bytes).unwrap());
            }
            Topic::ControlCommands => self.decide_control(&self.codec.decode(&bytes).unwrap()),
            other => panic!("the write API appends to {other}"),
        }
    }

    /// Decides a command that nobody of the API's asked for.
    pub fn import(&self, partition: Partition, command: Command) {
        self.decide(partition, command);
    }

    fn decide(&self, partition: Partition, command: Command) {
        let mut inner = self.lock();
        let state = inner.content_state.entry(partition).or_default();
        let mut decisions = vec![decide::decide(partition, state, &command).unwrap()];
        state.apply(decisions[0].changes.clone());
        while let Some(more) = decide::resume(partition, state).unwrap() {
            state.apply(more.changes.clone());
            decisions.push(more);
        }
        for decision in decisions {
            for event in &decision.events {
                inner.position.advance(partition, event.seq);
            }
            for event in &decision.events {
                inner.write(project::history(event, project::EventMeta::default()));
            }
            inner.events.extend(decision.events);
            for record in &decision.catalog {
                inner.write(project::project(record).rows);
            }
            if let Some(verdict) = decision.verdict {
                inner.tell(verdict);
            }
        }
        inner.commands.push(command);
    }

    /// Decides a control command that nobody of the API's asked for.
    pub fn decide_control(&self, command: &ControlCommand) {
        let mut inner = self.lock();
        let decision = control::decide(&inner.control_state, command).unwrap();
        inner.control_state.apply(decision.changes);
        let mut state = (*inner.control).clone();
        decision.events.iter().for_each(|event| state.evolve(event));
        inner.control = Arc::new(state);
        for (_, record) in decision.accounts {
            inner.take_account(record);
        }
        if let Some(verdict) = decision.verdict {
            inner.tell(verdict);
        }
    }
}

impl Inner {
    fn take_account(&mut self, record: AccountRecord) {
        let id = record.user_id;
        match record.body {
            AccountBody::Profile(profile) => {
                self.accounts.entry(id).or_default().profile = profile;
            }
            AccountBody::Password(hash) => {
                self.accounts.entry(id).or_default().password = Some(hash);
            }
            AccountBody::Erased(_) => drop(self.accounts.remove(&id)),
        }
    }

    fn write(&mut self, rows: Vec<RowWrite>) {
        for row in rows {
            let Some((meta, body)) = row.value else {
                self.rows.remove(&row.key);
                continue;
            };
            let seq = row.seq;
            self.rows.insert(row.key, Row { seq, meta, body });
        }
    }

    fn tell(&mut self, verdict: Verdict) {
        self.write(project::verdict(&verdict, Seq(1)));
        for waiter in self
            .waiting
            .remove(&verdict.command_id.0)
            .unwrap_or_default()
        {
            let _gone = waiter.send(verdict.clone());
        }
    }
}

#[async_trait]
impl AppendLog for World {
    async fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Offset>, event_log::Error> {
        let mode = self.lock().mode.clone();
        match mode {
            Mode::Fails(error) => return Err(error),
            Mode::Hangs => std::future::pending().await,
            Mode::Decides | Mode::Takes => {}
        }
        let offsets = records.iter().map(|_| Offset(0)).collect();
        records.into_iter().for_each(|record| self.take(record));
        Ok(offsets)
    }
}
