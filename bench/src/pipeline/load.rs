//! The load: sources with entries of a usual size, put on `ingest.raw` and followed into both views.

use anyhow::Context as _;
use mediamesh::instance::{Instance, new_id, now};
use mediamesh::operations::{self, Request};
use mediamesh_domain::control::{ControlBody, CreateSource};
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{CommandId, ProgramId, RunId, SourceId};
use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawEntry, RawFormat};
use mediamesh_domain::model::{Policy, SourceFields, SourcePolicies};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::control::Control as _;
use mediamesh_ports::event_log::{NewRecord, partition_of};
use mediamesh_schemas::{Topic, topics};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Entries of one source.
const PER_SOURCE: usize = 1_000;
/// Records appended at once.
const BATCH: usize = 500;
/// Records looked at in a partition for an episode that is published.
const PAGE: usize = 100;
/// Words that make titles and texts of a believable size and variety.
const WORDS: [&str; 24] = [
    "river",
    "letters",
    "harbour",
    "winter",
    "market",
    "voices",
    "memory",
    "garden",
    "northern",
    "machines",
    "music",
    "history",
    "salt",
    "bridges",
    "night",
    "science",
    "paper",
    "children",
    "القهوة",
    "المدينة",
    "حكايات",
    "البحر",
    "الذاكرة",
    "الموسيقى",
];

/// The raw records of so many entries, their sources made.
pub async fn entries(instance: &Instance, count: usize) -> anyhow::Result<Vec<NewRecord>> {
    let mut records = Vec::with_capacity(count + count / PER_SOURCE + 1);
    for first in (0..count).step_by(PER_SOURCE) {
        let source = source(instance, first).await?;
        let seq = instance.control.current().seq;
        let run = RunId(new_id());
        let mut push = |index: i32, body: RawBody| -> anyhow::Result<()> {
            let raw = RawEntry {
                source_id: source,
                source_seq: seq,
                run_id: run,
                fetched_at: now(),
                index,
                format: RawFormat::Rss,
                feed: FeedContext {
                    language: Some("en".to_owned()),
                    ..FeedContext::default()
                },
                raw_hash: new_id().as_bytes().to_vec(),
                correlation_id: None,
                body: Some(body),
                claim: None,
            };
            let key = source.to_string().into_bytes();
            records.push(NewRecord {
                topic: Topic::IngestRaw,
                partition: partition_of(&key, topics::PARTITIONS),
                key,
                value: Some(instance.codec.encode(&raw)?),
                headers: Vec::new(),
                timestamp: raw.fetched_at,
            });
            Ok(())
        };
        push(-1, RawBody::Feed(channel(first)))?;
        for index in 0..PER_SOURCE.min(count - first) {
            push(i32::try_from(index)?, RawBody::Entry(item(first + index)))?;
        }
    }
    Ok(records)
}

async fn source(instance: &Instance, n: usize) -> anyhow::Result<SourceId> {
    let url = format!("https://feeds.example.org/{n}.xml");
    let source_id = SourceId::of_address(&url);
    let policies = SourcePolicies::both(Policy::Publish);
    let fields = SourceFields {
        name: url.clone(),
        url,
        policies,
        ..SourceFields::default()
    };
    let body = ControlBody::CreateSource(CreateSource { source_id, fields });
    instance.decide_control(CommandId(new_id()), body).await?;
    Ok(source_id)
}

/// Appends everything and waits until both views have it; gives the time, and an episode that came out.
pub async fn take_in(
    instance: &Instance,
    records: Vec<NewRecord>,
) -> anyhow::Result<(Duration, Published)> {
    let from = Instant::now();
    let mut records = records.into_iter().peekable();
    while records.peek().is_some() {
        let batch: Vec<_> = records.by_ref().take(BATCH).collect();
        instance.stores.append.append(batch).await?;
    }
    while operations::lag(instance)? > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let time = from.elapsed();
    Ok((time, published(instance).await?))
}

/// An episode that readers see.
#[derive(Clone, Copy)]
pub struct Published {
    /// The episode.
    pub episode: Uuid,
    /// Its program.
    pub program: ProgramId,
}

/// The first episode of a partition that was published.
async fn published(instance: &Instance) -> anyhow::Result<Published> {
    for partition in (0..topics::PARTITIONS).map(Partition) {
        let log = &instance.stores.read;
        let page = log.read(Topic::ContentEvents, partition, Offset(0), PAGE);
        for record in page.await?.records {
            let value = record.value.as_deref();
            let event: Event = instance.codec.decode(value.context("an empty event")?)?;
            if event.body.name() == "episode_published" {
                return Ok(Published {
                    episode: event.item.id,
                    program: event.program_id,
                });
            }
        }
    }
    anyhow::bail!("no episode was published")
}

/// Rebuilds a view and gives the records taken in.
pub async fn rebuild(instance: &Instance, view: &str) -> anyhow::Result<u64> {
    let request = Request::Rebuild {
        view: view.to_owned(),
        switch: false,
    };
    let rebuilt = operations::outcome(instance, request).await?;
    rebuilt["records"].as_u64().context("no count of records")
}

fn element(name: &str, text: impl Into<String>) -> Element {
    Element {
        name: name.to_owned(),
        text: text.into(),
        ..Element::default()
    }
}

fn words(n: usize, count: usize) -> String {
    (0..count)
        .map(|k| WORDS[(n * 7 + k * k * 5 + k * 11) % WORDS.len()])
        .collect::<Vec<_>>()
        .join(" ")
}

fn channel(n: usize) -> Element {
    let children = vec![
        element("title", format!("{} {n}", words(n, 3))),
        element("description", words(n, 40)),
        element("language", "en"),
    ];
    Element {
        name: "channel".to_owned(),
        children,
        ..Element::default()
    }
}

fn item(n: usize) -> Element {
    let enclosure = BTreeMap::from([
        (
            "url".to_owned(),
            format!("https://media.example.org/{n}.mp3"),
        ),
        ("type".to_owned(), "audio/mpeg".to_owned()),
        ("length".to_owned(), "12345678".to_owned()),
    ]);
    let children = vec![
        element("title", format!("{} {n}", words(n, 5))),
        element("description", format!("<p>{}</p>", words(n, 70))),
        element("guid", format!("entry-{n}")),
        element("pubDate", "Fri, 20 Nov 2026 08:00:00 GMT"),
        element("itunes:duration", "42:10"),
        Element {
            name: "enclosure".to_owned(),
            attributes: enclosure,
            ..Element::default()
        },
    ];
    Element {
        name: "item".to_owned(),
        children,
        ..Element::default()
    }
}
