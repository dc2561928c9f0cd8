//! Records that could not be processed, and keys that are parked: listed and sent again.

use super::Tell;
use crate::instance::Instance;
use anyhow::anyhow;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Record, header};
use mediamesh_runtime::dead_letter;
use mediamesh_schemas::Topic;
use serde_json::{Value, json};
use std::time::Duration;

/// Letters read at once.
const PAGE: usize = 500;
/// How long sinks may take to try parked keys again.
const REDRIVE_WAIT: Duration = Duration::from_secs(30);

/// The dead letters, oldest first, and the parked keys.
pub(super) async fn list(
    instance: &Instance,
    topic: Option<&str>,
    limit: usize,
) -> anyhow::Result<Value> {
    let mut letters = Vec::new();
    for letter in letters_of(instance, topic).await?.into_iter().take(limit) {
        letters.push(shown(&letter));
    }
    Ok(json!({ "dead_letters": letters, "parked": instance.pipeline.parking.list() }))
}

/// Sends dead letters again where they came from, and lets sinks try parked keys again.
pub(super) async fn redrive(
    instance: &Instance,
    topic: Option<&str>,
    dry_run: bool,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let letters = letters_of(instance, topic).await?;
    if dry_run {
        let letters: Vec<Value> = letters.iter().map(shown).collect();
        return Ok(json!({ "would_send": letters, "parked": instance.pipeline.parking.list() }));
    }
    let total = letters.len() as u64;
    let mut sent = 0_u64;
    for page in letters.chunks(PAGE) {
        let again: Vec<_> = page.iter().filter_map(dead_letter::revived).collect();
        sent += again.len() as u64;
        instance.stores.append.append(again).await?;
        tell.progress("sending again", sent, Some(total)).await;
    }
    let parking = instance.pipeline.parking.clone();
    let redriven =
        tokio::task::spawn_blocking(move || parking.redrive(None, None, REDRIVE_WAIT)).await?;
    Ok(json!({ "sent": sent, "parked": redriven }))
}

async fn letters_of(instance: &Instance, topic: Option<&str>) -> anyhow::Result<Vec<Record>> {
    let topics: Vec<Topic> = match topic {
        None => Topic::ALL
            .iter()
            .filter_map(|topic| topic.dead_letters())
            .collect(),
        Some(name) => vec![
            Topic::by_name(name)
                .and_then(Topic::dead_letters)
                .ok_or_else(|| {
                    anyhow!("{name:?} has no dead letters; try ingest.raw or content.commands")
                })?,
        ],
    };
    let mut letters = Vec::new();
    for topic in topics {
        for partition in (0..topic.spec().partitions).map(Partition) {
            let mut from = Offset(0);
            loop {
                let page = instance
                    .stores
                    .read
                    .read(topic, partition, from, PAGE)
                    .await?;
                letters.extend(page.records);
                if page.next == from {
                    break;
                }
                from = page.next;
            }
        }
    }
    Ok(letters)
}

fn shown(letter: &Record) -> Value {
    let header = |name| letter.header(name);
    json!({
        "topic": header(header::DLT_TOPIC),
        "partition": header(header::DLT_PARTITION),
        "offset": header(header::DLT_OFFSET),
        "schema_id": header(header::DLT_SCHEMA_ID),
        "code": header(header::DLT_CODE),
        "reason": header(header::DLT_REASON),
        "correlation_id": header(header::CORRELATION_ID),
        "at": letter.timestamp,
        "key": String::from_utf8_lossy(&letter.key),
    })
}
