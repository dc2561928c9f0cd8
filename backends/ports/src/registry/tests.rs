//! The plan over a registry of memory.

use super::*;
use mediamesh_schemas::registry::Embedded;
use mediamesh_schemas::shipped::{self, subject};
use mediamesh_schemas::{Codec, LookupError, SchemaLookup, Topic};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A registry that starts empty, which the embedded one does not.
#[derive(Default)]
struct Empty(Mutex<HashMap<String, Vec<(u32, String)>>>);

impl Registry for Empty {
    fn register(&self, subject: &str, schema: &str) -> Result<u32, Error> {
        if let Some(id) = self.find(subject, schema)? {
            return Ok(id);
        }
        let mut subjects = self.0.lock().unwrap();
        let id = 70 + subjects.values().map(Vec::len).sum::<usize>() as u32;
        let versions = subjects.entry(subject.to_owned()).or_default();
        versions.push((id, schema.to_owned()));
        Ok(id)
    }

    fn find(&self, subject: &str, schema: &str) -> Result<Option<u32>, Error> {
        let subjects = self.0.lock().unwrap();
        let versions = subjects.get(subject).map_or(&[][..], Vec::as_slice);
        let found = versions.iter().find(|(_, text)| text == schema);
        Ok(found.map(|(id, _)| *id))
    }

    fn schema(&self, id: u32) -> Result<String, Error> {
        let subjects = self.0.lock().unwrap();
        let found = subjects.values().flatten().find(|(known, _)| *known == id);
        let found = found.map(|(_, text)| text.clone());
        found.ok_or(Error::UnknownId(id))
    }

    fn versions(&self, subject: &str) -> Result<Vec<u32>, Error> {
        let subjects = self.0.lock().unwrap();
        let versions = subjects.get(subject).map_or(&[][..], Vec::as_slice);
        Ok(versions.iter().map(|(id, _)| *id).collect())
    }
}

/// A schema that nothing shipped can follow.
const FOREIGN: &str = r#"{"type":"record","name":"Other","fields":[{"name":"x","type":"long"}]}"#;

#[test]
fn an_empty_registry_takes_every_shipped_schema_and_a_second_time_nothing() {
    let registry = Empty::default();
    let before = plan(&registry).unwrap();
    assert_eq!(before.len(), shipped::ALL.len());
    assert!(before.iter().all(|planned| planned.fate == Fate::New));
    let ids = apply(&registry).unwrap();
    let after = plan(&registry).unwrap();
    for (planned, (topic, version, id)) in after.iter().zip(&ids) {
        assert_eq!((planned.topic, planned.version), (*topic, *version));
        assert_eq!(planned.fate, Fate::Present { id: *id });
    }
    assert_eq!(apply(&registry).unwrap(), ids);
}

#[test]
fn the_ids_of_a_registry_make_a_codec() {
    let registry = Arc::new(Empty::default());
    let ids = register_all(&*registry).unwrap();
    let newest = shipped::newest(Topic::Catalog).unwrap().version;
    let is_newest =
        |(topic, version, _): &&(Topic, i32, u32)| (*topic, *version) == (Topic::Catalog, newest);
    let id = ids.iter().find(is_newest).unwrap().2;
    let codec = Codec::new(ids, Arc::new(Lookup(registry))).unwrap();
    assert_eq!(codec.id(Topic::Catalog), Some(id));
}

#[test]
fn one_schema_that_cannot_follow_keeps_all_of_them_out() {
    let registry = Empty::default();
    let subject = subject(Topic::Catalog);
    registry.register(&subject, FOREIGN).unwrap();
    let planned = plan(&registry).unwrap();
    let clashes = planned.iter().filter(|p| p.topic == Topic::Catalog);
    for clash in clashes {
        assert!(
            matches!(&clash.fate, Fate::Incompatible { before: 1, reason } if !reason.is_empty()),
            "{clash:?}"
        );
    }
    let refused = apply(&registry).unwrap_err().to_string();
    assert!(refused.starts_with(&subject), "{refused}");
    let count = |topic: &Topic| {
        registry
            .versions(&super::tests::subject(*topic))
            .unwrap()
            .len()
    };
    assert_eq!(Topic::ALL.iter().map(count).sum::<usize>(), 1);
}

#[test]
fn the_embedded_registry_has_what_is_shipped() {
    let embedded = Embedded::default();
    for shipped in shipped::ALL {
        let found = embedded.find(&subject(shipped.topic), shipped.text);
        assert!(found.unwrap().is_some(), "{shipped:?}");
    }
    assert_eq!(embedded.find("other", FOREIGN).unwrap(), None);
}

#[test]
fn a_codec_is_told_an_unknown_id_from_a_registry_that_is_away() {
    struct Away;
    impl Registry for Away {
        fn register(&self, _: &str, _: &str) -> Result<u32, Error> {
            Err(Error::Transient("no".to_owned()))
        }
        fn find(&self, _: &str, _: &str) -> Result<Option<u32>, Error> {
            Err(Error::Transient("no".to_owned()))
        }
        fn schema(&self, _: u32) -> Result<String, Error> {
            Err(Error::Transient("no".to_owned()))
        }
        fn versions(&self, _: &str) -> Result<Vec<u32>, Error> {
            Err(Error::Transient("no".to_owned()))
        }
    }
    let unknown = Lookup(Arc::new(Empty::default())).schema(7);
    assert_eq!(unknown, Err(LookupError::Unknown));
    let away = Lookup(Arc::new(Away)).schema(7);
    assert!(matches!(away, Err(LookupError::Down(_))), "{away:?}");
}
