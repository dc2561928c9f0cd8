//! A made-up feed, as a connector would have found it.

use super::ADDRESS;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawEntry, RawFormat};
use mediamesh_domain::position::Seq;
use mediamesh_domain::run::{IngestEvent, IngestFact, RunCompleted, RunFailed, RunTrigger, advice};
use mediamesh_domain::time::Timestamp;
use uuid::Uuid;

/// A feed's own elements under -1, else one of its entries.
pub(crate) fn raw(source_id: SourceId, index: i32) -> RawEntry {
    let body = if index < 0 {
        RawBody::Feed(parent(
            "channel",
            vec![
                text("title", "Tides and Tables"),
                text("description", "About the sea."),
                text("language", "en"),
            ],
        ))
    } else {
        RawBody::Entry(parent(
            "item",
            vec![
                text("title", &format!("Wave {index}")),
                text("description", &format!("How wave {index} broke.")),
                text("guid", &format!("wave-{index}")),
                text(
                    "pubDate",
                    &format!(
                        "Mon, 06 Nov 2023 10:{:02}:{:02} +0000",
                        index / 60 % 60,
                        index % 60
                    ),
                ),
                text("itunes:duration", "00:12:30"),
                enclosure(&format!("https://media.example/{index}.mp3")),
            ],
        ))
    };
    RawEntry {
        source_id,
        source_seq: Seq(1),
        run_id: RunId(Uuid::from_u128(77)),
        fetched_at: Timestamp(1_700_000_050_000_000),
        index,
        format: RawFormat::Rss,
        feed: FeedContext {
            url: ADDRESS.to_owned(),
            title: Some("Tides and Tables".to_owned()),
            language: Some("en".to_owned()),
            ..FeedContext::default()
        },
        raw_hash: index.to_be_bytes().repeat(8),
        correlation_id: Some("fetch-1".to_owned()),
        body: Some(body),
        claim: None,
    }
}

fn parent(name: &str, children: Vec<Element>) -> Element {
    Element {
        name: name.to_owned(),
        children,
        ..Element::default()
    }
}

fn text(name: &str, text: &str) -> Element {
    Element {
        name: name.to_owned(),
        text: text.to_owned(),
        ..Element::default()
    }
}

fn enclosure(url: &str) -> Element {
    let attributes = [("url", url), ("type", "audio/mpeg"), ("length", "1000")];
    Element {
        name: "enclosure".to_owned(),
        attributes: attributes.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        ..Element::default()
    }
}

/// How a run of a source ended: every third one failed, every other one found nothing new.
pub(crate) fn told(source_id: SourceId, n: u128) -> IngestEvent {
    let run_id = RunId(Uuid::from_u128(n));
    let at = Timestamp(1_700_000_000_000_000).plus_seconds(n as i64 * 60);
    let body = if n.is_multiple_of(3) {
        IngestFact::Failed(RunFailed {
            code: "egress.status".to_owned(),
            reason: "the server answered 503".to_owned(),
            advice: advice("egress.status", Some(503)).to_owned(),
            status: Some(503),
            retry_after_s: None,
            appended: 0,
            moved: None,
        })
    } else {
        IngestFact::Completed(RunCompleted {
            conditional: n > 1,
            not_modified: n.is_multiple_of(2),
            ..RunCompleted::default()
        })
    };
    IngestEvent {
        event_id: IngestEvent::id_of(source_id, run_id),
        source_id,
        run_id,
        trigger: RunTrigger::Fetch,
        started_at: at,
        finished_at: at.plus_seconds(1),
        next_poll: None,
        correlation_id: None,
        body,
    }
}
