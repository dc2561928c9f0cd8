//! Dead letters: records that can never be processed, as they came, with where from and why in headers.

use crate::processor::Rejection;
use mediamesh_domain::command::Principal;
use mediamesh_domain::position::Partition;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{Headers, NewRecord, Record, header};
use mediamesh_schemas::Topic;
use mediamesh_schemas::codec::schema_id;
use std::collections::BTreeSet;

const OWN_HEADERS: [&str; 6] = [
    header::DLT_TOPIC,
    header::DLT_PARTITION,
    header::DLT_OFFSET,
    header::DLT_SCHEMA_ID,
    header::DLT_CODE,
    header::DLT_REASON,
];

/// The dead letter of a record: the same key, value and headers (so the correlation id stays), and why.
///
/// None where the topic has no dead letters: on the project's own output the key is parked instead.
#[must_use]
pub fn dead_letter(record: &Record, rejection: &Rejection) -> Option<NewRecord> {
    let topic = record.topic.dead_letters()?;
    let mut headers = others(&record.headers);
    let mut add = |name: &str, text: String| headers.push((name.to_owned(), text.into_bytes()));
    add(header::DLT_TOPIC, record.topic.name().to_owned());
    add(header::DLT_PARTITION, record.partition.to_string());
    add(header::DLT_OFFSET, record.offset.to_string());
    if let Some(id) = record.value.as_deref().and_then(schema_id) {
        add(header::DLT_SCHEMA_ID, id.to_string());
    }
    add(header::DLT_CODE, rejection.code.clone());
    add(header::DLT_REASON, rejection.reason.clone());
    Some(NewRecord {
        topic,
        partition: record.partition,
        key: record.key.clone(),
        value: record.value.clone(),
        headers,
        timestamp: record.timestamp,
    })
}

/// The record that a dead letter was, to be appended again where it came from.
///
/// None where the headers do not name a topic that has dead letters.
#[must_use]
pub fn revived(letter: &Record) -> Option<NewRecord> {
    let topic = Topic::by_name(letter.header(header::DLT_TOPIC)?)
        .filter(|topic| topic.dead_letters() == Some(letter.topic))?;
    let partition = letter.header(header::DLT_PARTITION)?.parse().ok()?;
    Some(NewRecord {
        topic,
        partition: Partition(partition),
        key: letter.key.clone(),
        value: letter.value.clone(),
        headers: others(&letter.headers),
        timestamp: letter.timestamp,
    })
}

/// How a dead letter was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Its record was appended again.
    Redriven,
    /// It was given up.
    Dropped,
}

impl Settled {
    /// As it stands in the note.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redriven => "redriven",
            Self::Dropped => "dropped",
        }
    }
}

/// The note that a dead letter is done with: it stands behind the letter, in the same partition, and is kept as long as
/// letters are; so who settled what is known, and no list shows the letter again.
#[must_use]
pub fn note(letter: &Record, settled: Settled, by: &Principal, at: Timestamp) -> NewRecord {
    let by = serde_json::to_string(by).unwrap_or_default();
    let fields = [
        (header::DLT_SETTLES, letter.offset.to_string()),
        (header::DLT_OUTCOME, settled.as_str().to_owned()),
        (header::DLT_BY, by),
    ];
    let headers = fields.map(|(name, text)| (name.to_owned(), text.into_bytes()));
    NewRecord {
        topic: letter.topic,
        partition: letter.partition,
        key: letter.key.clone(),
        value: None,
        headers: headers.into(),
        timestamp: at,
    }
}

/// The letters of a partition that are not settled, in their order.
#[must_use]
pub fn open(records: Vec<Record>) -> Vec<Record> {
    let settles = |record: &Record| record.header(header::DLT_SETTLES)?.parse().ok();
    let settled: BTreeSet<i64> = records.iter().filter_map(settles).collect();
    records
        .into_iter()
        .filter(|record| record.header(header::DLT_SETTLES).is_none())
        .filter(|letter| !settled.contains(&letter.offset.0))
        .collect()
}

fn others(headers: &Headers) -> Headers {
    headers
        .iter()
        .filter(|(name, _)| !OWN_HEADERS.contains(&name.as_str()))
        .cloned()
        .collect()
}
