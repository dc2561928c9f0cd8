//! What a record says, as JSON, where it can be read at all.

use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::command::Command;
use mediamesh_domain::control::ControlCommand;
use mediamesh_domain::event::Event;
use mediamesh_domain::ingest::RawEntry;
use mediamesh_domain::run::IngestEvent;
use mediamesh_domain::verdict::Verdict;
use mediamesh_ports::event_log::Record;
use mediamesh_schemas::{Codec, Contract, Topic};
use serde_json::{Value, json};

/// How many bytes of an unreadable value are shown.
const SHOWN: usize = 256;

/// What a record of a topic says; where it cannot be read, why, and how its bytes begin.
pub(super) fn of(codec: &Codec, topic: Topic, record: &Record) -> Value {
    let Some(value) = record.value.as_deref() else {
        return json!({ "unreadable": "the record has no value" });
    };
    match topic {
        Topic::IngestRaw => read::<RawEntry>(codec, value),
        Topic::ContentCommands => read::<Command>(codec, value),
        Topic::ControlCommands => read::<ControlCommand>(codec, value),
        Topic::ContentEvents => read::<Event>(codec, value),
        Topic::CommandVerdicts => read::<Verdict>(codec, value),
        Topic::Catalog => read::<CatalogRecord>(codec, value),
        Topic::IngestEvents => read::<IngestEvent>(codec, value),
        _ => unreadable(value, "its topic has no dead letters and no sink"),
    }
}

fn read<T: Contract>(codec: &Codec, value: &[u8]) -> Value {
    match codec.decode::<T>(value) {
        Ok(record) => serde_json::to_value(record).unwrap_or_default(),
        Err(error) => unreadable(value, &error.to_string()),
    }
}

fn unreadable(value: &[u8], why: &str) -> Value {
    let begins = value.iter().take(SHOWN).map(|byte| format!("{byte:02x}"));
    json!({
        "unreadable": why,
        "bytes": value.len(),
        "begins": begins.collect::<String>(),
    })
}
