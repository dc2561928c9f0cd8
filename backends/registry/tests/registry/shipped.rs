//! This build's own schemas on a real registry.

use super::support::{open, settings};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{View, ViewProgress};
use mediamesh_ports::contract::server;
use mediamesh_ports::registry::{Fate, Lookup, Registry, apply, plan};
use mediamesh_registry::Settings;
use mediamesh_schemas::shipped::{self, subject};
use mediamesh_schemas::{Codec, DecodeError, Topic, codec};
use std::sync::Arc;

const V1: &str = r#"{"type":"record","name":"Thing","fields":[{"name":"a","type":"long"}]}"#;
const V2: &str = r#"{"type":"record","name":"Thing","fields":[{"name":"a","type":"long"},
    {"name":"b","type":"string","default":""}]}"#;

#[test]
fn a_plan_becomes_true_and_what_is_there_stays() {
    let registry = open(settings());
    let before = plan(&registry).unwrap();
    assert_eq!(before.len(), shipped::ALL.len());
    assert!(before.iter().all(|planned| planned.fate == Fate::New));
    let ids = apply(&registry).unwrap();
    let after = plan(&registry).unwrap();
    for (planned, (_, _, id)) in after.iter().zip(&ids) {
        assert_eq!(planned.fate, Fate::Present { id: *id });
    }
    assert_eq!(apply(&registry).unwrap(), ids);
}

#[test]
fn records_carry_the_ids_that_the_registry_gave() {
    let registry = Arc::new(open(settings()));
    let ids = apply(&*registry).unwrap();
    let codec = Codec::new(ids, Arc::new(Lookup(registry.clone()))).unwrap();
    let progress = ViewProgress {
        view: View::Catalog,
        version: 1,
        partition: Partition(3),
        seq: Seq(8),
        at: Timestamp(1_700_000_000_000_000),
    };
    let bytes = codec.encode(&progress).unwrap();
    let id = codec::schema_id(&bytes).unwrap();
    let versions = registry.versions(&subject(Topic::ViewProgress)).unwrap();
    assert_eq!(versions.last(), Some(&id));
    assert_eq!(codec.decode::<ViewProgress>(&bytes).unwrap(), progress);
}

#[test]
fn a_record_of_an_unknown_schema_waits_until_the_registry_knows_it() {
    let registry = Arc::new(open(settings()));
    let ids = apply(&*registry).unwrap();
    let codec = Codec::new(ids, Arc::new(Lookup(registry.clone()))).unwrap();
    let decode = |id: u32| codec.decode::<ViewProgress>(&[&[0][..], &id.to_be_bytes()].concat());
    let unknown = decode(900_000_001).unwrap_err();
    assert_eq!(unknown, DecodeError::UnknownSchemaId { id: 900_000_001 });
    // Another node registers one: it is looked up, and is another subject's.
    let foreign = registry.register("other-value", V1).unwrap();
    let wrong = decode(foreign).unwrap_err();
    assert!(
        matches!(wrong, DecodeError::WrongSubject { .. }),
        "{wrong:?}"
    );
}

#[test]
fn two_processes_that_register_at_once_get_the_same_ids() {
    let settings = settings();
    let register = |settings: &Settings| {
        let registry = open(settings.clone());
        std::thread::spawn(move || {
            ["one-value", "two-value"].map(|subject| registry.register(subject, V1).unwrap())
        })
    };
    let [one, other] = [register(&settings), register(&settings)];
    assert_eq!(one.join().unwrap(), other.join().unwrap());
    let registry = open(settings);
    assert_eq!(registry.versions("one-value").unwrap().len(), 1);
}

#[tokio::test]
async fn a_subject_gets_the_level_that_lets_unions_grow() {
    let settings = settings();
    let url = format!(
        "{}/config/{}thing-value",
        server("REGISTRY"),
        settings.subject_prefix
    );
    let registry = open(settings);
    registry.register("thing-value", V1).unwrap();
    registry.register("thing-value", V2).unwrap();
    let level = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(level.contains(r#""BACKWARD""#), "{level}");
}
