//! What the moved deployment holds: feeds in two languages, edits, all ways out, a merge, a built view, a dead letter.

use super::side::{Face, Side};
use mediamesh::instance::now;
use mediamesh::operations::{IngestAnswer, IngestRequest, Material, Request, outcome};
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::model::Policy;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::NewRecord;
use mediamesh_schemas::Topic;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

pub const ENGLISH: &str = include_str!("../../../samples/english.xml");
pub const ARABIC: &str = include_str!("../../../samples/arabic.xml");

/// What the tests go on with.
pub struct Content {
    /// An episode that is live.
    pub episode: String,
}

impl Content {
    /// Asks for the program of the first time once more, with its key.
    pub async fn repeat(&self, side: &Side) -> (u16, Value) {
        side.write(made_by_hand(side)).await
    }

    /// Gives the episode another title, and reads it.
    pub async fn rename(&self, side: &Side, title: &str) {
        let path = format!("/api/v1/episodes/{}?publish=true", self.episode);
        let written = change(
            side,
            Method::PATCH,
            &path,
            json!({ "title": { "en": title } }),
        )
        .await;
        let position = written["position"].as_str().unwrap();
        let path = format!("/api/v1/episodes/{}?lang=en", self.episode);
        let request = side.ask(Face::Public, Method::GET, &path);
        let (status, read) = side
            .write(request.header("If-Position-At-Least", position))
            .await;
        assert_eq!((status, &read["title"]), (200, &json!(title)), "{read:#}");
    }
}

pub async fn make(side: &Side) -> Content {
    let english = ingest(side, "Small Wonders", ENGLISH).await;
    ingest(side, "Fanous", ARABIC).await;
    let harbour = ingest(side, "Harbour", &feed("Harbour", 3)).await;
    let quay = ingest(side, "Quay", &feed("Quay", 2)).await;
    let merge = Request::MergePrograms {
        from: quay,
        into: harbour,
    };
    outcome(&side.served.instance, merge).await.unwrap();
    let (status, made) = side.write(made_by_hand(side)).await;
    assert_eq!(status, 201, "{made:#}");
    let program = made["id"].as_str().unwrap();
    let path = format!("/api/v1/programs/{program}/episodes");
    let draft = json!({ "title": { "en": "Not yet", "ar": "ليس بعد" } });
    change(side, Method::POST, &path, draft).await;

    let episodes = format!("/api/v1/programs/{english}/episodes?limit=100");
    let episodes = side.read(Face::Public, &episodes).await;
    let episodes = episodes["data"].as_array().unwrap().iter();
    let ids: Vec<String> = episodes
        .map(|card| card["id"].as_str().unwrap().to_owned())
        .collect();
    let both = json!({ "title": { "en": "Letters from a Balloon", "ar": "رسائل من منطاد" } });
    let path = format!("/api/v1/episodes/{}?publish=true", ids[1]);
    change(side, Method::PATCH, &path, both).await;
    let path = format!("/api/v1/episodes/{}", ids[2]);
    change(
        side,
        Method::PATCH,
        &path,
        json!({ "title": { "en": "Sand" } }),
    )
    .await;
    for (id, step) in [(&ids[3], "unpublish"), (&ids[4], "archive")] {
        let path = format!("/api/v1/episodes/{id}/{step}");
        change(side, Method::POST, &path, json!({ "reason": "parity" })).await;
    }
    dead_letter(side).await;
    let rebuild = Request::Rebuild {
        view: "catalog".to_owned(),
        switch: true,
    };
    outcome(&side.served.instance, rebuild).await.unwrap();
    side.settle().await;
    Content {
        episode: ids[5].clone(),
    }
}

/// Takes a feed in; gives its program.
pub async fn ingest(side: &Side, name: &str, text: &str) -> ProgramId {
    let request = Request::Ingest(IngestRequest {
        name: Some(name.to_owned()),
        policy: Policy::Publish,
        material: Material::Bytes {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        },
    });
    let answer = outcome(&side.served.instance, request).await.unwrap();
    let answer: IngestAnswer = serde_json::from_value(answer).unwrap();
    assert_eq!(answer.undecided, 0, "{answer}");
    answer.source_id.own_program()
}

fn made_by_hand(side: &Side) -> RequestBuilder {
    let fields = json!({
        "title": { "en": "Made by Hand", "ar": "صُنع باليد" },
        "description": { "en": "What editors write." },
    });
    let path = "/api/v1/programs?publish=true";
    let request = side.ask(Face::Desk, Method::POST, path);
    request
        .header("Idempotency-Key", "made-by-hand-1")
        .json(&fields)
}

async fn change(side: &Side, method: Method, path: &str, body: Value) -> Value {
    let request = side.ask(Face::Desk, method, path).json(&body);
    let (status, written) = side.write(request).await;
    assert!((200..300).contains(&status), "{path}: {status} {written:#}");
    written
}

/// A command that nobody can read.
async fn dead_letter(side: &Side) {
    let instance = &side.served.instance;
    let id = instance.codec.id(Topic::ContentCommands).unwrap();
    let mut value = vec![0];
    value.extend_from_slice(&id.to_be_bytes());
    value.extend_from_slice(b"no command");
    let record = NewRecord {
        topic: Topic::ContentCommands,
        partition: Partition(4),
        key: b"nobody".to_vec(),
        value: Some(value),
        headers: vec![("correlation-id".to_owned(), b"lost".to_vec())],
        timestamp: now(),
    };
    instance.stores.append.append(vec![record]).await.unwrap();
}

fn feed(name: &str, entries: u32) -> String {
    let items: String = (1..=entries)
        .map(|n| {
            format!(
                "<item><title>{name} {n}</title><guid>{name}-{n}</guid>\
                 <pubDate>Mon, 0{n} Jun 2026 10:00:00 GMT</pubDate>\
                 <enclosure url=\"https://media.example.com/{name}-{n}.mp3\" type=\"audio/mpeg\" length=\"1\"/></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>{name}</title><language>en</language>\
         <description>About {name}</description>{items}</channel></rss>"
    )
}
