//! Dead letters: records that can never be processed, as they came, with where from and why in headers.

use crate::processor::Rejection;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::{AppendLog, Error, Headers, NewRecord, Record, header};
use mediamesh_schemas::Topic;
use mediamesh_schemas::codec::schema_id;

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

/// Appends dead letters again where they came from, and says how many could be.
///
/// Repeating it is harmless: ids are deterministic, and the decider drops what it has taken.
///
/// # Errors
/// Those of the log.
pub async fn redrive(log: &dyn AppendLog, letters: &[Record]) -> Result<usize, Error> {
    let revived: Vec<NewRecord> = letters.iter().filter_map(revived).collect();
    let count = revived.len();
    if count > 0 {
        log.append(revived).await?;
    }
    Ok(count)
}

fn others(headers: &Headers) -> Headers {
    headers
        .iter()
        .filter(|(name, _)| !OWN_HEADERS.contains(&name.as_str()))
        .cloned()
        .collect()
}
