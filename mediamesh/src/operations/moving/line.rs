//! The lines of a part: JSON that names schemas by topic and version, never by a registry's id.

use anyhow::{Context as _, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::control::ControlEvent;
use mediamesh_domain::control::accounts::AccountRecord;
use mediamesh_domain::event::Event;
use mediamesh_domain::ingest::RawEntry;
use mediamesh_domain::position::Partition;
use mediamesh_domain::run::IngestEvent;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::Verdict;
use mediamesh_ports::event_log::{NewRecord, Record, header};
use mediamesh_schemas::codec::schema_id;
use mediamesh_schemas::{Codec, Topic};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The bytes before an Avro datum on the wire.
const HEADER: usize = 5;
/// A record's time in an archive, in microseconds: what every log keeps.
const MILLISECOND: i64 = 1_000;

/// Bytes, in JSON as base 64 text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

/// A value: an Avro datum with its schema, or bytes of which no schema is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    /// `<topic>/<version>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    bytes: Bytes,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordLine {
    /// Its time, in milliseconds.
    at: i64,
    key: Bytes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<(String, Bytes)>,
}

/// A key of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateLine {
    pub(super) key: Bytes,
    pub(super) value: Bytes,
}

/// An object: its bytes, or the raw entries that it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectLine {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<Bytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entries: Option<Vec<Value>>,
}

impl Value {
    /// The value of some bytes as a log or an object holds them.
    ///
    /// # Errors
    /// Where they name a schema that this build does not ship, unless they may be anything.
    pub(super) fn of(codec: &Codec, bytes: &[u8], anything: bool) -> anyhow::Result<Self> {
        let id = schema_id(bytes);
        match id.and_then(|id| codec.version_of(id)) {
            Some((topic, version)) => Ok(Self {
                schema: Some(format!("{topic}/{version}")),
                bytes: Bytes(bytes[HEADER..].to_vec()),
            }),
            None if anything => Ok(Self {
                schema: None,
                bytes: Bytes(bytes.to_vec()),
            }),
            None => {
                let id = id.map_or_else(|| "none".to_owned(), |id| id.to_string());
                Err(anyhow!(
                    "it names schema id {id}, which this build does not ship: export with the build that wrote it"
                ))
            }
        }
    }

    /// The bytes as the target's log and objects hold them.
    ///
    /// # Errors
    /// Where this build does not ship the schema.
    pub(super) fn wire(&self, codec: &Codec) -> anyhow::Result<Vec<u8>> {
        let Some(schema) = &self.schema else {
            return Ok(self.bytes.0.clone());
        };
        let id = id_of(codec, schema).with_context(|| {
            format!("it needs schema {schema}, which this build does not ship: import with the build that exported")
        })?;
        let mut bytes = Vec::with_capacity(HEADER + self.bytes.0.len());
        bytes.push(0);
        bytes.extend_from_slice(&id.to_be_bytes());
        bytes.extend_from_slice(&self.bytes.0);
        Ok(bytes)
    }
}

impl RecordLine {
    /// The line of a record.
    ///
    /// # Errors
    /// Where it names a schema that this build does not ship; dead letters may hold anything.
    pub(super) fn of(codec: &Codec, record: &Record) -> anyhow::Result<Self> {
        let dead = record.topic.spec().schema.is_none();
        let value = record.value.as_deref();
        let value = value
            .map(|bytes| Value::of(codec, bytes, dead))
            .transpose()?;
        let schema = value.as_ref().and_then(|value| value.schema.as_ref());
        let headers = record.headers.iter().map(|(name, bytes)| {
            let bytes = match schema {
                Some(schema) if name == header::DLT_SCHEMA_ID => schema.clone().into_bytes(),
                _ => bytes.clone(),
            };
            (name.clone(), Bytes(bytes))
        });
        Ok(Self {
            at: record.timestamp.0.div_euclid(MILLISECOND),
            key: Bytes(record.key.clone()),
            headers: headers.collect(),
            value,
        })
    }

    /// The record that is appended to the target.
    ///
    /// # Errors
    /// Where this build does not ship the schema.
    pub(super) fn record(
        self,
        codec: &Codec,
        topic: Topic,
        partition: Partition,
    ) -> anyhow::Result<NewRecord> {
        let value = self.value.as_ref().map(|value| value.wire(codec));
        let value = value.transpose()?;
        let id = value.as_deref().and_then(schema_id);
        let named = self.value.is_some_and(|value| value.schema.is_some());
        let headers = self.headers.into_iter().map(|(name, Bytes(bytes))| {
            let bytes = match id.filter(|_| named) {
                Some(id) if name == header::DLT_SCHEMA_ID => id.to_string().into_bytes(),
                _ => bytes,
            };
            (name, bytes)
        });
        Ok(NewRecord {
            topic,
            partition,
            key: self.key.0,
            headers: headers.collect(),
            timestamp: Timestamp(self.at * MILLISECOND),
            value,
        })
    }
}

/// Whether a record can be read by this build.
///
/// # Errors
/// Why it cannot.
pub(super) fn check(codec: &Codec, record: &NewRecord) -> anyhow::Result<()> {
    let Some(value) = record.value.as_deref() else {
        return Ok(());
    };
    match record.topic {
        Topic::ContentEvents => codec.decode::<Event>(value).map(drop),
        Topic::ControlEvents => codec.decode::<ControlEvent>(value).map(drop),
        Topic::Accounts => codec.decode::<AccountRecord>(value).map(drop),
        Topic::Catalog => codec.decode::<CatalogRecord>(value).map(drop),
        Topic::CommandVerdicts => codec.decode::<Verdict>(value).map(drop),
        Topic::IngestEvents => codec.decode::<IngestEvent>(value).map(drop),
        // Dead letters are there because they cannot be taken.
        _ => Ok(()),
    }?;
    Ok(())
}

/// Whether a raw entry can be read by this build.
///
/// # Errors
/// Why it cannot.
pub(super) fn check_entry(codec: &Codec, value: &[u8]) -> anyhow::Result<()> {
    Ok(codec.decode::<RawEntry>(value).map(drop)?)
}

fn id_of(codec: &Codec, schema: &str) -> Option<u32> {
    let (topic, version) = schema.rsplit_once('/')?;
    codec.id_of(Topic::by_name(topic)?, version.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::position::{Offset, Seq};
    use mediamesh_domain::view::{View, ViewProgress};
    use std::sync::Arc;

    /// A codec with ids that are not the embedded ones.
    fn other() -> Codec {
        let ids = mediamesh_schemas::shipped::ALL.iter().zip(7_000..);
        let ids = ids.map(|(shipped, id)| (shipped.topic, shipped.version, id));
        Codec::new(ids, Arc::new(Nobody)).unwrap()
    }

    struct Nobody;

    impl mediamesh_schemas::codec::SchemaLookup for Nobody {
        fn schema(&self, _: u32) -> Result<String, mediamesh_schemas::codec::LookupError> {
            Err(mediamesh_schemas::codec::LookupError::Unknown)
        }
    }

    fn record(codec: &Codec, topic: Topic) -> Record {
        let progress = ViewProgress {
            view: View::Search,
            version: 1,
            partition: Partition(3),
            seq: Seq(9),
            at: Timestamp(5),
        };
        let value = codec.encode(&progress).unwrap();
        let id = schema_id(&value).unwrap().to_string();
        Record {
            topic,
            partition: Partition(1),
            offset: Offset(77),
            key: b"k".to_vec(),
            value: Some(value),
            headers: vec![(header::DLT_SCHEMA_ID.to_owned(), id.into_bytes())],
            timestamp: Timestamp(1_234_567),
        }
    }

    #[test]
    fn a_record_gets_the_ids_of_its_target_and_back_again() {
        let (here, there) = (Codec::embedded(), other());
        let line = RecordLine::of(&here, &record(&here, Topic::IngestRawDlt)).unwrap();
        let moved = line
            .clone()
            .record(&there, Topic::IngestRawDlt, Partition(1))
            .unwrap();
        let expected = record(&there, Topic::IngestRawDlt);
        assert_eq!(
            (&moved.value, &moved.headers),
            (&expected.value, &expected.headers)
        );
        assert_eq!(moved.timestamp, Timestamp(1_234_000));
        let back = RecordLine::of(
            &there,
            &Record {
                timestamp: moved.timestamp,
                ..expected
            },
        );
        assert_eq!(back.unwrap(), line);
    }

    #[test]
    fn a_schema_that_this_build_does_not_ship_is_named() {
        let (here, there) = (Codec::embedded(), other());
        let strange = record(&there, Topic::ViewProgress);
        let refused = RecordLine::of(&here, &strange).unwrap_err().to_string();
        assert!(refused.contains("schema id 70"), "{refused}");
        let dead = Record {
            topic: Topic::IngestRawDlt,
            ..strange.clone()
        };
        let line = RecordLine::of(&here, &dead).unwrap();
        let moved = line.record(&there, Topic::IngestRawDlt, Partition(1));
        assert_eq!(
            moved.unwrap().value,
            strange.value,
            "a dead letter stays as it came"
        );
        let newer = r#"{"schema":"catalog/99","bytes":""}"#;
        let newer: Value = serde_json::from_str(newer).unwrap();
        let refused = newer.wire(&here).unwrap_err().to_string();
        assert!(refused.contains("catalog/99"), "{refused}");
    }
}
