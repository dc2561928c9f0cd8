//! Between records and bytes: Confluent's wire format, `0x00`, a schema id of four bytes, an Avro datum.
//!
//! Records go straight between the domain's structs and bytes by serde, always with the schema that the
//! writer used, never through a tree of Avro values. Readers and writers are built once a schema.

mod datum;
mod error;
mod guard;
mod reader;
#[cfg(test)]
mod tests;

pub use datum::Datum;
pub use error::{DecodeError, EncodeError, IdsError, LookupError};

use crate::contract::Contract;
use crate::shipped::{self, PARSED, Shipped};
use crate::topics::Topic;
use apache_avro::error::Details;
use apache_avro::writer::datum::GenericDatumWriter;
use reader::Reader;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// No single string, list or byte field of a record is longer: what says so is not a record of ours.
const MAX_ALLOCATION: usize = 64 * 1024 * 1024;

/// The bytes before the datum: magic byte and schema id.
const HEADER: usize = 5;

/// Gives the text of a schema that this build does not ship; called once a new id, and may block.
pub trait SchemaLookup: Send + Sync {
    /// The schema with an id.
    ///
    /// # Errors
    /// [`LookupError`].
    fn schema(&self, id: u32) -> Result<String, LookupError>;
}

/// Turns records into bytes and back; cheap to clone.
#[derive(Clone)]
pub struct Codec(Arc<Inner>);

struct Inner {
    /// What to write each topic's records with, by the topic's place in [`Topic::ALL`].
    writers: Vec<Option<(u32, &'static GenericDatumWriter<'static>)>>,
    /// How to read what shipped schemas wrote.
    known: HashMap<u32, Reader>,
    /// How to read what other schemas wrote, as far as they were met.
    foreign: RwLock<HashMap<u32, Arc<Reader>>>,
    lookup: Arc<dyn SchemaLookup>,
}

static WRITERS: LazyLock<Vec<GenericDatumWriter<'static>>> = LazyLock::new(|| {
    PARSED
        .iter()
        .map(|(_, schema)| {
            GenericDatumWriter::builder(schema)
                .human_readable(false)
                .build()
                .expect("a test resolves every shipped file")
        })
        .collect()
});

struct NoRegistry;

impl SchemaLookup for NoRegistry {
    fn schema(&self, _: u32) -> Result<String, LookupError> {
        Err(LookupError::Unknown)
    }
}

/// The id that a shipped schema has where no registry gives ids: the topic's number times 1000 plus its version.
#[must_use]
pub fn embedded_id(topic: Topic, version: i32) -> u32 {
    u32::from(topic.number()) * 1000 + version.unsigned_abs()
}

/// The schema id that a record carries, where it is long enough and begins as it must.
#[must_use]
pub fn schema_id(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [0, a, b, c, d, ..] => Some(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => None,
    }
}

impl Codec {
    /// A codec of the shipped schemas alone, with the ids of [`embedded_id`].
    #[must_use]
    pub fn embedded() -> Self {
        let ids = shipped::ALL
            .iter()
            .map(|s| (s.topic, s.version, embedded_id(s.topic, s.version)));
        Self::new(ids, Arc::new(NoRegistry))
            .expect("a test makes one; the ids differ by construction")
    }

    /// A codec whose shipped schemas have the ids that a registry gave: topic, version, id.
    ///
    /// # Errors
    /// [`IdsError`] where a published version has none, or two have the same.
    pub fn new(
        ids: impl IntoIterator<Item = (Topic, i32, u32)>,
        lookup: Arc<dyn SchemaLookup>,
    ) -> Result<Self, IdsError> {
        apache_avro::util::max_allocation_bytes(MAX_ALLOCATION);
        let given: HashMap<(Topic, i32), u32> =
            ids.into_iter().map(|(t, v, id)| ((t, v), id)).collect();
        let mut writers = vec![None; Topic::ALL.len()];
        let mut known = HashMap::new();
        for ((shipped, schema), writer) in PARSED.iter().zip(WRITERS.iter()) {
            let Shipped { topic, version, .. } = *shipped;
            let id = *given
                .get(&(topic, version))
                .ok_or(IdsError::Missing { topic, version })?;
            let newest = shipped::newest(topic).is_some_and(|n| n.version == version);
            let reader = Reader::Of {
                topic,
                older: (!newest).then_some(version),
                datum: Datum::new(id, schema, newest).expect("a test resolves every shipped file"),
            };
            if known.insert(id, reader).is_some() {
                return Err(IdsError::Twice { id });
            }
            if newest {
                writers[place(topic)] = Some((id, writer));
            }
        }
        Ok(Self(Arc::new(Inner {
            writers,
            known,
            foreign: RwLock::default(),
            lookup,
        })))
    }

    /// The id that records of a topic are written with; `None` for dead letters.
    #[must_use]
    pub fn id(&self, topic: Topic) -> Option<u32> {
        self.0.writers[place(topic)].map(|(id, _)| id)
    }

    /// The topic and version that an id stands for; `None` where this build does not ship the schema.
    #[must_use]
    pub fn version_of(&self, id: u32) -> Option<(Topic, i32)> {
        self.0.known.get(&id)?.version()
    }

    /// The id of a shipped version of a topic's schema; `None` where this build does not ship it.
    #[must_use]
    pub fn id_of(&self, topic: Topic, version: i32) -> Option<u32> {
        let known = self.0.known.iter();
        let mut of_version = known.filter(|(_, reader)| reader.version() == Some((topic, version)));
        of_version.next().map(|(id, _)| *id)
    }

    /// The bytes of a record, in the newest version of its topic's schema.
    ///
    /// # Errors
    /// [`EncodeError::TooDeep`]; [`EncodeError::Unfit`] only where struct and schema file differ.
    pub fn encode<T: Contract>(&self, record: &T) -> Result<Vec<u8>, EncodeError> {
        let unfit = |reason| EncodeError::Unfit {
            topic: T::TOPIC,
            reason,
        };
        record.check()?;
        let (id, writer) = self.0.writers[place(T::TOPIC)]
            .ok_or_else(|| unfit("the topic has no schema".to_owned()))?;
        let mut bytes = Vec::with_capacity(512);
        bytes.push(0);
        bytes.extend_from_slice(&id.to_be_bytes());
        writer
            .write_ser(&mut bytes, record)
            .map_err(|error| unfit(why_unfit(error)))?;
        Ok(bytes)
    }

    /// The record of some bytes, written with whatever version of its topic's schema.
    ///
    /// # Errors
    /// [`DecodeError`]: a rejection, or transient where [`DecodeError::is_transient`] says so.
    pub fn decode<T: Contract>(&self, bytes: &[u8]) -> Result<T, DecodeError> {
        let id = match (schema_id(bytes), bytes.first()) {
            (Some(id), _) => id,
            (None, Some(&found)) if found != 0 => return Err(DecodeError::BadMagic { found }),
            (None, _) => {
                return Err(DecodeError::Short {
                    length: bytes.len(),
                });
            }
        };
        match self.0.known.get(&id) {
            Some(reader) => reader.read(id, &bytes[HEADER..]),
            None => self.foreign(id)?.read(id, &bytes[HEADER..]),
        }
    }

    /// What is known of a schema that this build does not ship.
    fn foreign(&self, id: u32) -> Result<Arc<Reader>, DecodeError> {
        let met = self.0.foreign.read();
        if let Some(reader) = met.unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(reader));
        }
        let text = self.0.lookup.schema(id).map_err(|error| match error {
            LookupError::Unknown => DecodeError::UnknownSchemaId { id },
            LookupError::Down(reason) => DecodeError::RegistryDown { id, reason },
        })?;
        let mut met = self
            .0
            .foreign
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = met.get(&id) {
            return Ok(Arc::clone(reader));
        }
        let reader = Arc::new(Reader::of_foreign(id, &text));
        met.insert(id, Arc::clone(&reader));
        Ok(reader)
    }
}

fn place(topic: Topic) -> usize {
    Topic::ALL
        .iter()
        .position(|t| *t == topic)
        .expect("ALL holds every topic")
}

/// Why a value does not fit, without the schema that the library's text would hold.
fn why_unfit(error: apache_avro::Error) -> String {
    brief(match error.into_details() {
        Details::SerializeValueWithSchema {
            value_type, value, ..
        } => format!("{value_type}: {value}"),
        Details::SerializeRecordFieldWithSchema {
            field_name, error, ..
        } => format!("{field_name}: {error}"),
        other => other.to_string(),
    })
}

/// The beginning of a text: reasons go into headers and log lines.
fn brief(mut text: String) -> String {
    const LIMIT: usize = 300;
    if text.len() > LIMIT {
        text.truncate(text.floor_char_boundary(LIMIT));
        text.push('…');
    }
    text
}
