//! Records to structs of the domain and back, with the correlation id in the headers.

use crate::processor::Failure;
use mediamesh_domain::catalog::{self, CatalogBody, CatalogRecord};
use mediamesh_domain::command::Command;
use mediamesh_domain::position::Partition;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::Verdict;
use mediamesh_ports::event_log::{NewRecord, Record, header, partition_of, partition_of_program};
use mediamesh_schemas::{Codec, Contract, DecodeError, Topic};

/// The struct of a record's value.
///
/// # Errors
/// A rejection where no build will ever read it, else transient.
pub(super) fn decode<T: Contract>(codec: &Codec, record: &Record) -> Result<T, Failure> {
    let Some(value) = record.value.as_deref() else {
        return Err(Failure::rejected("record_empty", "the record has no value"));
    };
    codec.decode(value).map_err(|error: DecodeError| {
        if error.is_transient() {
            Failure::Transient(error.to_string())
        } else {
            Failure::rejected(error.code(), error.to_string())
        }
    })
}

/// Where a record goes and when it is of.
pub(super) struct To<'a> {
    pub partition: Partition,
    pub key: String,
    pub correlation_id: Option<&'a str>,
    pub timestamp: Timestamp,
}

/// The record of a struct.
///
/// # Errors
/// A rejection of what led to it, where it does not fit its schema.
pub(super) fn encode<T: Contract>(
    codec: &Codec,
    value: &T,
    to: To<'_>,
) -> Result<NewRecord, Failure> {
    let bytes = codec
        .encode(value)
        .map_err(|error| Failure::rejected(error.code(), error.to_string()))?;
    let correlation = |id: &str| (header::CORRELATION_ID.to_owned(), id.as_bytes().to_vec());
    Ok(NewRecord {
        topic: T::TOPIC,
        partition: to.partition,
        key: to.key.into_bytes(),
        value: Some(bytes),
        headers: to.correlation_id.map(correlation).into_iter().collect(),
        timestamp: to.timestamp,
    })
}

/// The record of a command: in the partition of its program.
///
/// # Errors
/// As [`encode`].
pub(super) fn command(codec: &Codec, command: &Command) -> Result<NewRecord, Failure> {
    let to = To {
        partition: partition_of_program(command.program_id),
        key: command.program_id.to_string(),
        correlation_id: command.correlation_id.as_deref(),
        timestamp: command.at,
    };
    encode(codec, command, to)
}

/// The record of a verdict: where the node that asked listens, else by the command's id.
///
/// # Errors
/// As [`encode`].
pub(super) fn verdict(
    codec: &Codec,
    verdict: &Verdict,
    reply_to: Option<Partition>,
    correlation_id: Option<&str>,
) -> Result<NewRecord, Failure> {
    let key = verdict.command_id.to_string();
    let partitions = Topic::CommandVerdicts.spec().partitions;
    let partition = reply_to
        .filter(|partition| (0..partitions).contains(&partition.0))
        .unwrap_or_else(|| partition_of(key.as_bytes(), partitions));
    let to = To {
        partition,
        key,
        correlation_id,
        timestamp: verdict.decided_at,
    };
    encode(codec, verdict, to)
}

/// The record of a catalogue document, or of a partition's progress.
///
/// # Errors
/// As [`encode`].
pub(super) fn catalog(
    codec: &Codec,
    partition: Partition,
    record: &CatalogRecord,
    correlation_id: Option<&str>,
) -> Result<NewRecord, Failure> {
    let key = match &record.body {
        CatalogBody::Program(document) => key(&document.facts),
        CatalogBody::Episode(document) => key(&document.facts),
        CatalogBody::Removed(gone) => catalog::key(gone.program_id, gone.item, gone.lane),
        CatalogBody::Progress(progress) => format!("progress/{}", progress.partition),
    };
    let to = To {
        partition,
        key,
        correlation_id: record.correlation_id.as_deref().or(correlation_id),
        timestamp: record.decided_at,
    };
    encode(codec, record, to)
}

fn key(facts: &catalog::ItemFacts) -> String {
    catalog::key(facts.program_id, facts.item, facts.lane)
}
