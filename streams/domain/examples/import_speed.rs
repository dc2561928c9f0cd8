//! How long the pure core takes for one imported entry: `cargo run --release -p mediamesh-domain --example import_speed`.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a measurement looks at the clock and prints; the core does neither"
)]

use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::command::Command;
use mediamesh_domain::decide::decide;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawEntry, RawFormat, normalise};
use mediamesh_domain::model::{Policy, SourceFields, SourcePolicies};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::project::{project, search};
use mediamesh_domain::state::{Change, KeyValue, StateView, Unreadable};
use mediamesh_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;
use uuid::Uuid;

const ENTRIES: i32 = 20_000;

#[derive(Default)]
struct Memory(BTreeMap<Vec<u8>, Vec<u8>>);

impl Memory {
    fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change.value {
                Some(value) => self.0.insert(change.key, value),
                None => self.0.remove(&change.key),
            };
        }
    }
}

impl StateView for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        Ok(self.0.get(key).cloned())
    }
    fn scan(&self, _: &[u8], _: &[u8], _: usize) -> Result<Vec<KeyValue>, Unreadable> {
        Ok(Vec::new())
    }
}

fn text(name: &str, text: impl Into<String>) -> Element {
    Element {
        name: name.to_owned(),
        text: text.into(),
        ..Element::default()
    }
}

fn with(name: &str, attributes: &[(&str, &str)]) -> Element {
    let pairs = attributes.iter();
    Element {
        name: name.to_owned(),
        attributes: pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        ..Element::default()
    }
}

fn channel() -> Element {
    let children = vec![
        text("title", "Harbour Lights"),
        text("description", "<p>Stories from the quay, every week.</p>"),
        text("language", "en"),
        text("itunes:author", "Quay Radio"),
        with(
            "itunes:image",
            &[("href", "https://pictures.example/harbour.jpg")],
        ),
        with("itunes:category", &[("text", "Arts")]),
        text("link", "https://quay.example/"),
    ];
    Element {
        name: "channel".to_owned(),
        children,
        ..Element::default()
    }
}

fn item(n: i32) -> Element {
    let line = "<p>In this crossing we speak with people who work at night &amp; sleep by day.</p>";
    let notes = format!(
        "{}<ul><li><a href=\"https://quay.example/{n}\">Notes</a></li></ul>",
        line.repeat(6)
    );
    let file = format!("https://media.example.com/{n}.mp3?utm_source=rss");
    let children = vec![
        text("title", format!("Night crossing {n}: the keeper of lights")),
        text("content:encoded", notes),
        text("pubDate", "Sat, 28 Feb 2026 10:00:00 GMT"),
        text("itunes:duration", "42:17"),
        text("itunes:episode", n.to_string()),
        text("guid", format!("crossing-{n}")),
        with(
            "enclosure",
            &[
                ("url", &file),
                ("type", "audio/mpeg"),
                ("length", "31459265"),
            ],
        ),
        with(
            "itunes:image",
            &[("href", "https://pictures.example/crossing.jpg")],
        ),
        text("itunes:keywords", "sea, night, harbour, work, light"),
        text("link", format!("https://quay.example/{n}")),
        text("itunes:explicit", "no"),
    ];
    Element {
        name: "item".to_owned(),
        children,
        ..Element::default()
    }
}

fn raw(index: i32, body: RawBody) -> RawEntry {
    RawEntry {
        source_id: SourceId(Uuid::from_u128(1)),
        source_seq: Seq(1),
        run_id: RunId(Uuid::from_u128(2)),
        fetched_at: Timestamp(1_772_359_200_000_000),
        index,
        format: RawFormat::Rss,
        feed: FeedContext {
            url: "https://feeds.example/quay.xml".to_owned(),
            language: Some("en".to_owned()),
            ..FeedContext::default()
        },
        raw_hash: vec![7; 32],
        correlation_id: None,
        body: Some(body),
        claim: None,
    }
}

fn main() {
    let source = SourceFields {
        policies: SourcePolicies::both(Policy::Publish),
        ..SourceFields::default()
    };
    let raws: Vec<_> = (0..ENTRIES)
        .map(|n| raw(n, RawBody::Entry(item(n))))
        .collect();
    let program = normalise(&raw(-1, RawBody::Feed(channel())), &source).expect("a channel");
    let commands: Vec<Command> = timed("normalise", || {
        let commands = raws.iter().map(|raw| normalise(raw, &source));
        commands.map(|command| command.expect("an item")).collect()
    });

    let here = Partition(0);
    let mut state = Memory::default();
    state.apply(decide(here, &state, &program).expect("readable").changes);
    let mut events = 0;
    let documents: Vec<CatalogRecord> = timed("decide and join", || {
        let mut documents = Vec::with_capacity(2 * commands.len());
        for command in &commands {
            let decision = decide(here, &state, command).expect("readable");
            events += decision.events.len();
            documents.extend(decision.catalog);
            state.apply(decision.changes);
        }
        documents
    });
    let expected = 2 * commands.len();
    assert_eq!((events, documents.len()), (expected, expected), "all live");
    timed("project, both lanes", || {
        for document in &documents {
            black_box(project(document));
        }
    });
    timed("search documents, both lanes", || {
        for document in &documents {
            black_box(search(document));
        }
    });
}

/// Does it, and prints what it took for one entry.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let each = start.elapsed().as_nanos() / u128::from(ENTRIES.unsigned_abs());
    println!("{what:30} {each:7} ns an entry");
    done
}
