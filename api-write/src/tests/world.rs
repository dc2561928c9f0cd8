//! Doubles of the ports around the domain's own deciders: a log that decides what it takes, at once.

use crate::connect::{
    Becomes, FeedList, ListError, ListedFeed, Push, PushAnswer, PushEntries, PushError, Pushed,
    PushedBody, ReadLists, TrialWish, TrySource,
};
use crate::{Limits, PollError, PollNow, Polled, WriteApi, WritePorts, write_router};
use async_trait::async_trait;
use axum::Router;
use mediamesh_domain::command::{Command, Principal};
use mediamesh_domain::control::{ControlBody, ControlCommand, ControlState, CreateApiKey};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{CommandId, RunId, SourceId};
use mediamesh_domain::model::{SourceFields, SourcePolicies};
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::{Offset, Partition, Position, Seq};
use mediamesh_domain::run::{RunCompleted, RunCounts, Trial};
use mediamesh_domain::state::{Change, KeyValue, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::{Finding, Verdict};
use mediamesh_domain::view::{Row, RowKey, RowWrite, View, ViewVersion};
use mediamesh_domain::{control, decide, project};
use mediamesh_edge::keys::{generate, hash};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{self, AppendLog, NewRecord};
use mediamesh_ports::progress::Progress;
use mediamesh_ports::verdicts::{Expected, Verdicts};
use mediamesh_ports::view_store::{self, Order, Range, ReadViews};
use mediamesh_schemas::{Codec, Topic};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
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

    fn decide_control(&self, command: &ControlCommand) {
        let mut inner = self.lock();
        let decision = control::decide(&inner.control_state, command).unwrap();
        inner.control_state.apply(decision.changes);
        let mut state = (*inner.control).clone();
        decision.events.iter().for_each(|event| state.evolve(event));
        inner.control = Arc::new(state);
        if let Some(verdict) = decision.verdict {
            inner.tell(verdict);
        }
    }
}

impl Inner {
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

struct Waiter(oneshot::Receiver<Verdict>);

#[async_trait]
impl Expected for Waiter {
    async fn verdict(self: Box<Self>, wait: Duration) -> Option<Verdict> {
        tokio::time::timeout(wait, self.0).await.ok()?.ok()
    }
}

impl Verdicts for World {
    fn reply_partition(&self) -> Partition {
        Partition(7)
    }
    fn expect(&self, command: CommandId) -> Box<dyn Expected> {
        let (sender, receiver) = oneshot::channel();
        self.lock()
            .waiting
            .entry(command.0)
            .or_default()
            .push(sender);
        Box::new(Waiter(receiver))
    }
}

#[async_trait]
impl Control for World {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.lock().control)
    }
    async fn reach(&self, seq: Seq, _: Duration) -> bool {
        self.lock().control.seq >= seq
    }
}

#[async_trait]
impl Progress for World {
    fn active(&self, view: View) -> ViewVersion {
        ViewVersion::new(view, 1)
    }
    fn current(&self, _: View) -> Position {
        let inner = self.lock();
        if inner.stalled {
            Position::default()
        } else {
            inner.position.clone()
        }
    }
    fn held(&self, view: View, about: About) -> Option<HeldKey> {
        let held = self.lock().held.clone();
        let is =
            |held: &HeldKey| held.place.view == view && about.is_told_by(view, &held.place.key);
        held.into_iter().find(is)
    }
    async fn reach(&self, view: View, asked: &Position, _: Duration) -> Result<Position, Position> {
        let here = Progress::current(self, view);
        if here.includes(asked) {
            Ok(here)
        } else {
            Err(here)
        }
    }
}

#[async_trait]
impl ReadViews for World {
    async fn get(&self, _: ViewVersion, key: &RowKey) -> Result<Option<Row>, view_store::Error> {
        Ok(self.lock().rows.get(key).cloned())
    }
    async fn range(
        &self,
        _: ViewVersion,
        range: &Range,
    ) -> Result<Vec<(Vec<u8>, Row)>, view_store::Error> {
        let inner = self.lock();
        let rows = inner.rows.iter().filter(|(key, _)| {
            let after = range.after.as_ref();
            let is_next = |after: &Vec<u8>| match range.order {
                Order::Ascending => key.clustering_key > *after,
                Order::Descending => key.clustering_key < *after,
            };
            key.table == range.table
                && key.partition_key == range.partition_key
                && after.is_none_or(is_next)
        });
        let rows = rows.map(|(key, row)| (key.clustering_key.clone(), row.clone()));
        let mut rows: Vec<_> = rows.collect();
        if range.order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(range.limit);
        Ok(rows)
    }
    async fn dump(
        &self,
        _: ViewVersion,
        _: Option<&RowKey>,
        _: usize,
    ) -> Result<Vec<(RowKey, Row)>, view_store::Error> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl PollNow for World {
    async fn poll(&self, source: SourceId, _: Option<String>) -> Result<Polled, PollError> {
        let name = self.current_name(source);
        match name.as_str() {
            "busy" => Err(PollError::Busy),
            "slow" => std::future::pending().await,
            "broken" => Err(PollError::Failed {
                code: "fetch_refused",
                message: "the server answers 500".to_owned(),
                retry_after: Some(Duration::from_secs(9)),
            }),
            _ => Ok(Polled {
                run_id: RunId(Uuid::nil()),
                not_modified: false,
                entries_seen: 3,
                appended: 2,
                unchanged: 1,
            }),
        }
    }
}

#[async_trait]
impl TrySource for World {
    async fn try_source(&self, wish: TrialWish) -> Result<Trial, PollError> {
        let trial = Trial {
            source_id: wish.source_id,
            known: self.lock().control.sources.contains_key(&wish.source_id),
            format: Some("rss".to_owned()),
            title: Some(wish.source.url.clone()),
            counts: RunCounts::default(),
            entries: Vec::new(),
            left_out: 0,
            seen: RunCompleted::default(),
            notes: Vec::new(),
        };
        self.lock().tried.push(wish);
        Ok(trial)
    }
}

#[async_trait]
impl PushEntries for World {
    async fn push(&self, push: Push) -> Result<PushAnswer, PushError> {
        let is_wrong = |entry: &&Pushed| match &entry.body {
            PushedBody::Program(value) | PushedBody::Entry(value) => !value.is_object(),
        };
        let wrong = push.entries.iter().filter(is_wrong);
        let turned = |entry: &Pushed| {
            let pointer = format!("/{}/entry", entry.index);
            let finding = Finding::new(pointer, "wrong_shape", "it is a JSON object");
            (entry.index, finding)
        };
        let rejected = wrong.map(turned).collect();
        self.lock().pushed.push(push);
        Ok(PushAnswer { rejected })
    }
}

/// Reads a line as the address of a feed, one that begins with `!` as something else.
#[async_trait]
impl ReadLists for World {
    async fn read_list(
        &self,
        list: Vec<u8>,
        policies: SourcePolicies,
    ) -> Result<FeedList, ListError> {
        let text = String::from_utf8(list).unwrap();
        if text.starts_with('{') {
            return Err(ListError {
                code: "feed.ill_formed",
                message: "line 1: JSON".to_owned(),
            });
        }
        let there = &Control::current(self).sources;
        let mut outlines: Vec<ListedFeed> = Vec::new();
        for (line, url) in (1..).zip(text.lines()) {
            let id = SourceId::of_address(url);
            let first = outlines.iter().find(|one| one.url == url);
            let becomes = match first {
                Some(first) => Becomes::Repeated(format!("line {} has it", first.line)),
                None if url.starts_with('!') => Becomes::Refused("no address".to_owned()),
                None if there.contains_key(&id) => Becomes::There(id),
                None => {
                    let fields = SourceFields {
                        name: url.to_owned(),
                        url: url.to_owned(),
                        policies,
                        ..SourceFields::default()
                    };
                    Becomes::New(id, Box::new(fields))
                }
            };
            outlines.push(ListedFeed {
                line,
                name: url.to_owned(),
                url: url.to_owned(),
                becomes,
            });
        }
        Ok(FeedList {
            title: None,
            outlines,
        })
    }
}

impl World {
    fn current_name(&self, source: SourceId) -> String {
        self.lock().control.sources[&source].fields.name.clone()
    }
}

/// A key with these scopes, made by the control decider; its number tells keys apart.
fn make_key(world: &World, number: u8, scopes: &[&str]) -> String {
    let made = generate([number; 8], [number; 32]);
    let body = ControlBody::CreateApiKey(CreateApiKey {
        prefix: made.prefix,
        secret_hash: hash(made.key.split_once('.').unwrap().1).to_vec(),
        name: format!("key {number}"),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        sources: Vec::new(),
        expires_at: None,
    });
    world.decide_control(&ControlCommand {
        command_id: CommandId(Uuid::from_u128(u128::from(number))),
        at: NOW,
        principal: Principal::system("tests"),
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: None,
        body,
    });
    made.key
}

/// An API over a world of its own, and keys to it.
pub struct Desk {
    pub world: Arc<World>,
    pub router: Router,
    pub admin: String,
    pub editor: String,
    pub other_editor: String,
    pub reader: String,
}

impl Desk {
    pub fn new() -> Self {
        let world = Arc::new(World {
            inner: Mutex::default(),
            codec: Codec::embedded(),
        });
        let [admin, editor, other_editor, reader] = [
            make_key(&world, 1, &["admin"]),
            make_key(&world, 2, &["content:write"]),
            make_key(&world, 3, &["content:write"]),
            make_key(&world, 4, &["content:read-draft"]),
        ];
        let limits = Limits {
            append: Duration::from_millis(20),
            verdict: Duration::from_millis(20),
            ..Limits::default()
        };
        let api = WriteApi::with_limits(ports(&world), limits);
        Self {
            router: write_router(api),
            world,
            admin,
            editor,
            other_editor,
            reader,
        }
    }
}

fn ports(world: &Arc<World>) -> WritePorts {
    WritePorts {
        log: world.clone(),
        verdicts: world.clone(),
        control: world.clone(),
        progress: world.clone(),
        views: world.clone(),
        codec: world.codec.clone(),
        clock: Arc::new(|| NOW),
        ids: Arc::new(Uuid::now_v7),
        entropy: mediamesh_edge::ids::entropy(),
        poll: world.clone(),
        trial: world.clone(),
        push: world.clone(),
        lists: world.clone(),
    }
}

/// A request in the making.
pub struct Call {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: serde_json::Value,
    pub text: String,
}

pub fn call(method: &'static str, path: impl Into<String>) -> Call {
    Call {
        method,
        path: path.into(),
        headers: Vec::new(),
        body: String::new(),
    }
}

impl Call {
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", format!("Bearer {key}"))
    }
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.text("application/json", body.to_string())
    }
    pub fn text(mut self, media_type: &str, body: impl Into<String>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    pub async fn send(self, desk: &Desk) -> Answer {
        use tower::ServiceExt;
        let builder = http::Request::builder().method(self.method).uri(self.path);
        let request = self
            .headers
            .into_iter()
            .fold(builder, |builder, (name, value)| {
                builder.header(name, value)
            })
            .body(axum::body::Body::from(self.body))
            .unwrap();
        let response = desk.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        };
        answer.check();
        answer
    }
}

impl Answer {
    /// What holds for every answer.
    fn check(&self) {
        assert!(self.headers.contains_key("x-correlation-id"));
        if self.status >= 400 {
            assert_eq!(
                self.headers["content-type"], "application/problem+json",
                "{}",
                self.text
            );
            assert_eq!(self.body["status"], self.status);
            for member in ["type", "title", "detail", "instance", "trace_id"] {
                assert!(self.body[member].is_string(), "{member} of {}", self.text);
            }
        }
        if self.status == 503 {
            assert!(self.headers.contains_key("retry-after"));
        }
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
    pub fn id(&self) -> &str {
        self.body["id"].as_str().unwrap_or_default()
    }
    /// The pointer and code of the first error.
    pub fn error(&self) -> (&str, &str) {
        let error = &self.body["errors"][0];
        (
            error["pointer"].as_str().unwrap_or(""),
            error["code"].as_str().unwrap_or(""),
        )
    }
}

pub fn program() -> serde_json::Value {
    serde_json::json!({
        "title": {"en": "Night Trains", "ar": "قطارات الليل"},
        "description": {"en": "<p>Journeys after dark.</p>"},
        "default_lang": "en",
        "languages": ["en"],
        "categories": ["society-culture"],
        "artwork": [{"url": "https://media.example/cover.jpg"}],
        "explicit": false
    })
}

pub fn episode() -> serde_json::Value {
    serde_json::json!({
        "title": {"en": "The Last Carriage"},
        "description": {"en": "<p>Where it ends.</p>"},
        "duration_s": 1800,
        "published_at": "2026-10-01T05:00:00Z",
        "languages": ["en"],
        "enclosures": [{"url": "https://media.example/1.mp3", "mime_type": "audio/mpeg", "length": 1000}]
    })
}
