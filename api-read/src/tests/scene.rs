//! A small catalogue behind both faces, made by commands as in life.

use super::doubles::{Desk, Index, Marks, Rows};
use crate::{DeskApi, ReadApi, ReadPorts, desk_router, public_router};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use mediamesh_domain::command::{
    ArchiveEpisode, CreateEpisode, CreateProgram, UnpublishEpisode, UpdateEpisode, UpdateProgram,
};
use mediamesh_domain::command::{Command, CommandBody, Principal};
use mediamesh_domain::control::{ControlState, CreateApiKey};
use mediamesh_domain::decide::{Decision, decide, resume};
use mediamesh_domain::id::{CommandId, EpisodeId, ProgramId};
use mediamesh_domain::lang::{Lang, Localized};
use mediamesh_domain::model::{Enclosure, EpisodeFields, ProgramFields};
use mediamesh_domain::position::{Partition, Position, Seq};
use mediamesh_domain::project::{self, EventMeta};
use mediamesh_domain::state::{KeyValue, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::Outcome;
use mediamesh_domain::view::{RowKey, RowWrite, Table, View, ViewVersion};
use mediamesh_edge::cursor::Cursors;
use mediamesh_edge::keys;
use mediamesh_ports::event_log::partition_of_program;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

/// 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_767_225_600_000_000);

pub struct Scene {
    pub rows: Arc<Rows>,
    pub index: Arc<Index>,
    pub marks: Arc<Marks>,
    pub desk: Arc<Desk>,
    pub key: String,
    now: Arc<AtomicI64>,
    state: Mutex<BTreeMap<Partition, State>>,
    remembered: Mutex<BTreeMap<RowKey, BTreeSet<RowKey>>>,
    ids: Mutex<u128>,
}

#[derive(Default)]
struct State(BTreeMap<Vec<u8>, Vec<u8>>);

impl StateView for State {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Vec<KeyValue>, Unreadable> {
        let rest = self.0.iter().filter(|(key, _)| {
            key.starts_with(prefix) && (after.is_empty() || key.as_slice() > after)
        });
        Ok(rest
            .take(max)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }
}

/// An answer as a client sees it.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The titles of a page.
    pub fn titles(&self) -> Vec<String> {
        let data = self.json()["data"].as_array().unwrap().clone();
        data.iter()
            .map(|card| card["title"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn next(&self) -> Option<String> {
        self.json()["links"]["next"].as_str().map(str::to_owned)
    }
}

impl Scene {
    pub fn new() -> Self {
        let made = keys::generate([1; 8], [2; 32]);
        let mut control = ControlState::default();
        control
            .api_keys
            .insert(made.prefix.clone(), key(&made, &["content:read-draft"]));
        Self {
            rows: Arc::default(),
            index: Arc::default(),
            marks: Arc::default(),
            desk: Arc::new(Desk(Mutex::new(Arc::new(control)))),
            key: made.key,
            now: Arc::new(AtomicI64::new(START.0)),
            state: Mutex::default(),
            remembered: Mutex::default(),
            ids: Mutex::new(0x0190_0000_0000_7000_8000_0000_0000_0000),
        }
    }

    pub fn ports(&self) -> ReadPorts {
        let now = Arc::clone(&self.now);
        ReadPorts {
            views: Arc::clone(&self.rows) as _,
            search: Arc::clone(&self.index) as _,
            progress: Arc::clone(&self.marks) as _,
            cursors: Cursors::new([3; 32]),
            clock: Arc::new(move || Timestamp(now.load(Ordering::SeqCst))),
            ids: Arc::new(|| Uuid::from_u128(1)),
        }
    }

    pub fn public(&self) -> Router {
        public_router(ReadApi::new(self.ports()), None, OpenApiRouter::new())
    }

    pub fn desk(&self) -> Router {
        let control = Arc::clone(&self.desk) as _;
        desk_router(DeskApi::new(self.ports(), control))
    }

    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    fn id(&self) -> Uuid {
        let mut ids = self.ids.lock().unwrap();
        *ids += 1;
        Uuid::from_u128(*ids)
    }

    /// Decides a command a second after the last one and brings what came of it into the views.
    pub fn command(&self, program: ProgramId, body: CommandBody) -> Decision {
        self.pass(1);
        let partition = partition_of_program(program);
        let command = Command {
            command_id: CommandId(self.id()),
            program_id: program,
            at: self.now(),
            principal: Principal::api_key("editor"),
            expected: None,
            reply_to: Some(Partition(0)),
            payload_hash: None,
            correlation_id: Some("test".to_owned()),
            body,
        };
        let mut states = self.state.lock().unwrap();
        let state = states.entry(partition).or_default();
        let decision = decide(partition, state, &command).unwrap();
        if let Some(Outcome::Refused(refusal)) = decision.verdict.as_ref().map(|v| &v.outcome) {
            panic!("refused: {refusal:?}");
        }
        self.take_in(partition, state, &decision);
        while let Some(more) = resume(partition, state).unwrap() {
            self.take_in(partition, state, &more);
        }
        decision
    }

    fn take_in(&self, partition: Partition, state: &mut State, decision: &Decision) {
        for change in &decision.changes {
            match &change.value {
                Some(value) => state.0.insert(change.key.clone(), value.clone()),
                None => state.0.remove(&change.key),
            };
        }
        for record in &decision.catalog {
            self.materialise(project::project(record), record.seq);
            if let Some(update) = project::search(record) {
                self.index.replace(update.lane, update.id, update.documents);
            }
        }
        for event in &decision.events {
            let view = ViewVersion::new(View::History, 1);
            project::history(
                event,
                EventMeta {
                    appended_at: Some(event.decided_at),
                },
            )
            .into_iter()
            .for_each(|row| self.rows.write(view, row));
            let position = Position::at(partition, event.seq);
            View::ALL
                .into_iter()
                .for_each(|view| self.reached(view, &position));
        }
    }

    fn materialise(&self, projection: project::Projection, seq: Seq) {
        let view = ViewVersion::new(View::Catalog, 1);
        let Some(owner) = projection.owner else {
            return;
        };
        let due: BTreeSet<RowKey> = projection.rows.iter().map(|row| row.key.clone()).collect();
        let before = self.remembered.lock().unwrap().insert(owner, due.clone());
        for key in before.unwrap_or_default().difference(&due).cloned() {
            let gone = RowWrite {
                key,
                seq,
                value: None,
            };
            self.rows.write(view, gone);
        }
        projection
            .rows
            .into_iter()
            .for_each(|row| self.rows.write(view, row));
    }

    /// Notes that a view has come to a position, as its sink does.
    pub fn reached(&self, view: View, position: &Position) {
        for (partition, seq) in &position.0 {
            let key = format!("{}/{partition}", view.as_str());
            let row = RowWrite {
                key: RowKey::new(Table::Timeline, key, seq.0.to_be_bytes()),
                seq: *seq,
                value: Some((
                    Vec::new(),
                    format!(r#"{{"at":"{}"}}"#, self.now()).into_bytes(),
                )),
            };
            self.rows.write(ViewVersion::new(view, 1), row);
        }
        self.marks.advance(view, position);
    }

    pub fn program(&self, fields: ProgramFields, publish: bool) -> ProgramId {
        let program = ProgramId(self.id());
        let body = CommandBody::CreateProgram(CreateProgram { fields, publish });
        self.command(program, body);
        program
    }

    pub fn episode(&self, program: ProgramId, fields: EpisodeFields, publish: bool) -> EpisodeId {
        let episode_id = EpisodeId(self.id());
        let body = CreateEpisode {
            episode_id,
            fields,
            publish,
        };
        self.command(program, CommandBody::CreateEpisode(body));
        episode_id
    }

    pub fn patch(&self, program: ProgramId, episode_id: EpisodeId, patch: &str, publish: bool) {
        let patch = patch.to_owned();
        let body = UpdateEpisode {
            episode_id,
            patch,
            publish,
            reason: None,
            restores: None,
        };
        self.command(program, CommandBody::UpdateEpisode(body));
    }

    pub fn patch_program(&self, program: ProgramId, patch: &str) {
        let body = UpdateProgram {
            patch: patch.to_owned(),
            publish: true,
            reason: None,
            restores: None,
        };
        self.command(program, CommandBody::UpdateProgram(body));
    }

    pub fn unpublish(&self, program: ProgramId, episode_id: EpisodeId) {
        let reason = Some("rights".to_owned());
        let body = UnpublishEpisode { episode_id, reason };
        self.command(program, CommandBody::UnpublishEpisode(body));
    }

    pub fn archive(&self, program: ProgramId, episode_id: EpisodeId) {
        let body = ArchiveEpisode {
            episode_id,
            reason: None,
        };
        self.command(program, CommandBody::ArchiveEpisode(body));
    }

    /// What everybody gets.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        ask(self.public(), "GET", path, headers).await
    }

    /// What the holder of a key gets.
    pub async fn desk_get(&self, path: &str) -> Answer {
        self.desk_get_with(path, &[]).await
    }

    pub async fn desk_get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let key = format!("Bearer {}", self.key);
        let mut all = vec![("authorization", key.as_str())];
        all.extend_from_slice(headers);
        ask(self.desk(), "GET", path, &all).await
    }
}

pub async fn ask(router: Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap()
            .to_vec(),
    }
}

pub fn key(made: &keys::GeneratedKey, scopes: &[&str]) -> CreateApiKey {
    CreateApiKey {
        prefix: made.prefix.clone(),
        secret_hash: made.secret_hash.to_vec(),
        name: "test".to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        sources: Vec::new(),
        expires_at: None,
    }
}

/// A text in its languages: `[("ar", "…"), ("en", "…")]`.
pub fn texts(texts: &[(&str, &str)]) -> Localized {
    let texts = texts
        .iter()
        .map(|(lang, text)| (Lang::from(*lang), (*text).to_owned()));
    Localized(texts.collect())
}

/// A program with these titles; the first language is its own.
pub fn program(titles: &[(&str, &str)]) -> ProgramFields {
    ProgramFields {
        title: texts(titles),
        description: texts(&[(titles[0].0, "<p>About it.</p>")]),
        default_lang: Some(Lang::from(titles[0].0)),
        languages: vec![Lang::from(titles[0].0)],
        categories: vec!["news".to_owned()],
        ..ProgramFields::default()
    }
}

/// An episode with these titles, published so many days after the start.
pub fn episode(titles: &[(&str, &str)], day: i64) -> EpisodeFields {
    EpisodeFields {
        title: texts(titles),
        description: texts(&[(titles[0].0, "<p>What it is about.</p>")]),
        default_lang: Some(Lang::from(titles[0].0)),
        languages: vec![Lang::from(titles[0].0)],
        published_at: Some(START.plus_seconds(day * 86_400)),
        duration_s: Some(600 + day),
        enclosures: vec![Enclosure {
            url: "https://media.example/one.mp3".to_owned(),
            mime_type: Some("audio/mpeg".to_owned()),
            length: Some(1_000_000),
            ..Enclosure::default()
        }],
        ..EpisodeFields::default()
    }
}
