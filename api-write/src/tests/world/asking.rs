//! An API over such a world, and how it is asked.

use super::{NOW, World};
use crate::{Limits, SignIn, WriteApi, WritePorts, write_router};
use axum::Router;
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::{ControlBody, ControlCommand, CreateApiKey};
use mediamesh_domain::id::{CommandId, SourceId};
use mediamesh_edge::keys::{generate, hash};
use mediamesh_edge::tokens::{KeyRing, SigningKey, Tokens};
use mediamesh_schemas::Codec;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// A key with these scopes for these sources, made by the control decider; its number tells keys apart.
pub fn make_key(world: &World, number: u8, scopes: &[&str], sources: &[SourceId]) -> String {
    let made = generate([number; 8], [number; 32]);
    let body = ControlBody::CreateApiKey(CreateApiKey {
        prefix: made.prefix,
        secret_hash: hash(made.key.split_once('.').unwrap().1).to_vec(),
        name: format!("key {number}"),
        scopes: scopes.iter().map(ToString::to_string).collect(),
        sources: sources.to_vec(),
        expires_at: None,
    });
    tell(world, Principal::system("tests"), body);
    made.key
}

/// Has a control command decided.
pub fn tell(world: &World, principal: Principal, body: ControlBody) {
    world.decide_control(&ControlCommand {
        command_id: CommandId(Uuid::now_v7()),
        at: NOW,
        principal,
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: None,
        body,
    });
}

/// An API over a world of its own, and keys to it.
pub struct Desk {
    pub world: Arc<World>,
    pub router: Router,
    pub tokens: Tokens,
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
            make_key(&world, 1, &["admin"], &[]),
            make_key(&world, 2, &["content:write"], &[]),
            make_key(&world, 3, &["content:write"], &[]),
            make_key(&world, 4, &["content:read-draft"], &[]),
        ];
        let limits = Limits {
            append: Duration::from_millis(20),
            verdict: Duration::from_millis(20),
            ..Limits::default()
        };
        let tokens = tokens();
        let sign_in = SignIn {
            limits: world.clone(),
            per_address: None,
            sign_up: true,
        };
        let ports = ports(&world, tokens.clone(), sign_in);
        let api = WriteApi::with_limits(ports, limits);
        Self {
            router: write_router(api),
            tokens,
            world,
            admin,
            editor,
            other_editor,
            reader,
        }
    }
}

/// Tokens of one key.
fn tokens() -> Tokens {
    let key = SigningKey::generate(Uuid::from_u128(1), NOW).unwrap();
    Tokens::new(KeyRing::new([key]), Arc::new(|| NOW))
}

fn ports(world: &Arc<World>, tokens: Tokens, sign_in: SignIn) -> WritePorts {
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
        accounts: world.clone(),
        tokens,
        sign_in,
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
