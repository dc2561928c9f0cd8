//! Parked keys, whichever process holds them: what is asked goes out on `view.parked`, and comes back there.

use super::{operator, payload};
use crate::instance::{Instance, new_id, now};
use anyhow::Context as _;
use mediamesh_domain::id::CommandId;
use mediamesh_domain::parked::{HeldKey, ParkedAsk, ParkedBody, ParkedPlace, ParkedWish};
use mediamesh_ports::progress::Progress as _;
use mediamesh_runtime::sink::parked_record;
use mediamesh_runtime::topology::Stage;
use mediamesh_schemas::Topic;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long sinks may take to do what they are asked.
const WAIT: Duration = Duration::from_secs(30);
/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_millis(50);

/// What is parked by the versions of views that readers use, and by newer ones.
pub(super) fn keys(instance: &Instance, topic: Option<Topic>) -> Vec<HeldKey> {
    let mut keys = instance.pipeline.parking.list();
    keys.retain(|held| {
        let active = instance.progress.active(held.place.view);
        let input = Stage::of_view(held.place.view).input;
        held.place.version >= active.version && topic.is_none_or(|topic| topic == input)
    });
    keys
}

/// One key that is parked.
pub(super) fn one(instance: &Instance, place: &ParkedPlace) -> anyhow::Result<HeldKey> {
    let held = instance.pipeline.parking.at(place);
    held.context("no such key is parked: see `mediamesh dlt list`")
}

/// A key with its first record, as the log has it.
pub(super) async fn show(instance: &Instance, place: &ParkedPlace) -> anyhow::Result<Value> {
    let held = one(instance, place)?;
    let topic = Stage::of_view(place.view).input;
    let read = &instance.stores.read;
    let page = read
        .read(topic, place.partition, held.first_offset, 1)
        .await?;
    let first = page
        .records
        .iter()
        .find(|record| record.offset == held.first_offset);
    let mut shown = listed(&held);
    shown["record"] = match first {
        Some(record) => payload::of(&instance.codec, topic, record),
        None => {
            json!({ "gone": "a newer record of the key has taken its place in the log; the sink keeps its own copy" })
        }
    };
    Ok(shown)
}

/// Asks something of keys, and waits until their sinks have done it.
pub(super) async fn ask(
    instance: &Instance,
    keys: Vec<HeldKey>,
    wish: ParkedWish,
) -> anyhow::Result<Vec<Value>> {
    let asks: Vec<(HeldKey, CommandId)> = keys
        .into_iter()
        .map(|held| (held, CommandId(new_id())))
        .collect();
    let mut records = Vec::with_capacity(asks.len());
    for (held, command_id) in &asks {
        let ask = ParkedAsk {
            command_id: *command_id,
            principal: operator(),
            place: held.place.clone(),
            wish,
            first_offset: held.first_offset,
        };
        let record = parked_record(&instance.codec, ParkedBody::Asked(ask), now());
        records.push(record?);
    }
    instance.stores.append.append(records).await?;
    let deadline = Instant::now() + WAIT;
    let mut answers = Vec::with_capacity(asks.len());
    for (before, command_id) in &asks {
        answers.push(answer(instance, before, *command_id, deadline).await);
    }
    Ok(answers)
}

async fn answer(
    instance: &Instance,
    before: &HeldKey,
    command_id: CommandId,
    deadline: Instant,
) -> Value {
    let id = before.place.to_string();
    loop {
        match instance.pipeline.parking.at(&before.place) {
            None => return json!({ "id": id, "records": before.records, "still_held": 0 }),
            Some(held) if held.answers == Some(command_id) => {
                return json!({
                    "id": id, "records": before.records, "still_held": held.records,
                    "code": held.code, "reason": held.reason,
                });
            }
            Some(_) if Instant::now() >= deadline => {
                return json!({
                    "id": id, "records": before.records,
                    "waits": "its sink does not run or is busy; it is done as soon as it can be",
                });
            }
            Some(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

/// Keys as they are listed.
pub(super) fn shown(keys: &[HeldKey]) -> Vec<Value> {
    keys.iter().map(listed).collect()
}

fn listed(held: &HeldKey) -> Value {
    json!({
        "id": held.place.to_string(),
        "view": held.place.view,
        "version": held.place.version,
        "partition": held.place.partition,
        "key": held.place.key,
        "code": held.code,
        "reason": held.reason,
        "records": held.records,
        "first_offset": held.first_offset,
    })
}
