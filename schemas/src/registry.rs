//! The registry of a deployment without a registry server: schemas by subject and version, in memory.
//!
//! It knows nothing of disks: who keeps it over a restart writes down each new [`Entry`] and gives them back.

mod rules;

use crate::codec::embedded_id;
use crate::compat::Incompatibility;
use crate::shipped::{self, subject};
use crate::topics::Topic;
pub use rules::{may_follow, read, same};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first id of subjects that are no topic's.
const OTHER_IDS: u32 = 1_000_000;

/// One version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The id that records carry.
    pub id: u32,
    /// The subject.
    pub subject: String,
    /// The version, from 1.
    pub version: i32,
    /// The schema's text.
    pub schema: String,
}

/// Why a schema was not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The schema cannot follow a version before it.
    #[error("{subject}: version {version} cannot follow version {before}: {clash}")]
    Incompatible {
        /// The subject.
        subject: String,
        /// The version that was offered.
        version: i32,
        /// The version that it clashes with.
        before: i32,
        /// Which field, and why.
        clash: Incompatibility,
    },
    /// The text is not an Avro schema.
    #[error("{subject}: not an Avro schema: {reason}")]
    NotASchema {
        /// The subject.
        subject: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The schemas that this build ships, and what else was registered.
#[derive(Debug, Clone)]
pub struct Embedded {
    entries: BTreeMap<u32, Entry>,
    /// The ids of each subject's versions, oldest first.
    versions: BTreeMap<String, Vec<u32>>,
}

impl Default for Embedded {
    fn default() -> Self {
        Self::new([])
    }
}

impl Embedded {
    /// The shipped schemas, and entries that were registered before.
    #[must_use]
    pub fn new(kept: impl IntoIterator<Item = Entry>) -> Self {
        let mut registry = Self {
            entries: BTreeMap::new(),
            versions: BTreeMap::new(),
        };
        for shipped in shipped::ALL {
            registry.put(Entry {
                id: embedded_id(shipped.topic, shipped.version),
                subject: subject(shipped.topic),
                version: shipped.version,
                schema: shipped.text.to_owned(),
            });
        }
        let mut kept: Vec<_> = kept.into_iter().collect();
        kept.sort_by_key(|entry| entry.version);
        for entry in kept {
            if !registry.entries.contains_key(&entry.id) {
                registry.put(entry);
            }
        }
        registry
    }

    /// Registers a schema as the newest version of a subject, or finds it among its versions.
    ///
    /// # Errors
    /// [`Error::Incompatible`] naming the field, [`Error::NotASchema`].
    pub fn register(&mut self, subject: &str, schema: &str) -> Result<&Entry, Error> {
        let id = match self.find(subject, schema)? {
            Some(id) => id,
            None => self.add(subject, schema)?,
        };
        Ok(&self.entries[&id])
    }

    /// The id of a schema among a subject's versions; docs and defaults count, white space does not.
    ///
    /// # Errors
    /// [`Error::NotASchema`].
    pub fn find(&self, subject: &str, schema: &str) -> Result<Option<u32>, Error> {
        let read = read(subject, schema)?;
        let found = self.of(subject).find(|entry| same(&read, &entry.schema));
        Ok(found.map(|entry| entry.id))
    }

    /// The text of the schema with an id.
    #[must_use]
    pub fn schema(&self, id: u32) -> Option<&str> {
        self.entries.get(&id).map(|entry| entry.schema.as_str())
    }

    /// The ids of a subject's versions, oldest first.
    #[must_use]
    pub fn versions(&self, subject: &str) -> &[u32] {
        self.versions.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Everything registered, by id.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    fn of(&self, subject: &str) -> impl DoubleEndedIterator<Item = &Entry> {
        self.versions(subject).iter().map(|id| &self.entries[id])
    }

    fn add(&mut self, subject: &str, schema: &str) -> Result<u32, Error> {
        let version = self.of(subject).map(|e| e.version).max().unwrap_or(0) + 1;
        let before = self.of(subject).map(|e| (e.version, e.schema.as_str()));
        may_follow(subject, schema, before)?;
        let topic = Topic::ALL.iter().find(|t| shipped::subject(**t) == subject);
        let id = match topic {
            Some(topic) => embedded_id(*topic, version),
            None => {
                let last = self.entries.last_key_value().map_or(0, |(id, _)| *id);
                last.max(OTHER_IDS) + 1
            }
        };
        self.put(Entry {
            id,
            subject: subject.to_owned(),
            version,
            schema: schema.to_owned(),
        });
        Ok(id)
    }

    fn put(&mut self, entry: Entry) {
        let ids = self.versions.entry(entry.subject.clone()).or_default();
        ids.push(entry.id);
        self.entries.insert(entry.id, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}"#;
    const V2: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"long"},
        {"name":"b","type":"string","default":""}]}"#;

    #[test]
    fn the_shipped_schemas_have_the_ids_that_the_codec_writes() {
        let mut registry = Embedded::default();
        for shipped in shipped::ALL {
            let subject = subject(shipped.topic);
            let id = embedded_id(shipped.topic, shipped.version);
            assert!(registry.versions(&subject).contains(&id));
            assert_eq!(registry.schema(id), Some(shipped.text));
            let again = registry.register(&subject, shipped.text).map(|e| e.id);
            assert_eq!(again, Ok(id), "{subject}");
        }
    }

    #[test]
    fn a_schema_registered_twice_keeps_its_id_and_a_new_one_follows() {
        let mut registry = Embedded::default();
        let first = registry.register("other-value", V1).expect("new").clone();
        assert_eq!(first.version, 1);
        let spaced = V1.replace(',', " ,\n");
        let again = registry.register("other-value", &spaced).expect("known");
        assert_eq!(again.id, first.id);
        let second = registry.register("other-value", V2).expect("newer").clone();
        assert_eq!((second.version, second.id), (2, first.id + 1));
        assert_eq!(registry.versions("other-value"), [first.id, second.id]);
    }

    #[test]
    fn an_incompatible_version_is_refused_naming_the_field() {
        let mut registry = Embedded::default();
        registry.register("other-value", V1).expect("new");
        let refused = registry.register("other-value", &V1.replace("long", "string"));
        let error = refused.expect_err("incompatible").to_string();
        assert_eq!(
            error,
            "other-value: version 2 cannot follow version 1: R.a: its type changes from long to string"
        );
        assert_eq!(registry.versions("other-value").len(), 1);
        let refused = registry.register("other-value", "{}");
        assert!(matches!(refused, Err(Error::NotASchema { .. })));
    }

    #[test]
    fn what_was_registered_is_there_again_after_a_restart() {
        let mut registry = Embedded::default();
        registry.register("other-value", V1).expect("new");
        registry.register("other-value", V2).expect("newer");
        let mut kept: Vec<Entry> = registry.entries().cloned().collect();
        kept.reverse();
        let mut again = Embedded::new(kept);
        assert_eq!(
            again.versions("other-value"),
            registry.versions("other-value")
        );
        let known = again.register("other-value", V2).expect("known").id;
        assert_eq!(Some(&known), registry.versions("other-value").last());
    }
}
