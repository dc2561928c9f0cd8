//! What a schema registry must do.

use super::{SchemaRegistry, suite};
use crate::registry::{Error, Registry};
use std::sync::Arc;

suite! { $ registry_contract, registry:
    a_schema_is_found_by_its_id,
    a_schema_registered_again_keeps_its_id,
    a_schema_is_found_only_where_it_is_registered,
    a_schema_that_can_follow_becomes_the_next_version,
    a_schema_that_cannot_follow_is_refused_naming_the_field,
    what_is_not_a_schema_is_refused,
    an_unknown_id_is_said_to_be_unknown,
    subjects_have_versions_of_their_own,
}

const V1: &str = r#"{"type":"record","name":"Thing","namespace":"contract","fields":[
    {"name":"title","type":"string"}]}"#;
const V2: &str = r#"{"type":"record","name":"Thing","namespace":"contract","fields":[
    {"name":"title","type":"string"},{"name":"seq","type":"long","default":0}]}"#;
const CLASH: &str = r#"{"type":"record","name":"Thing","namespace":"contract","fields":[
    {"name":"title","type":"long"}]}"#;

/// Runs what blocks where it may.
async fn with(fixture: SchemaRegistry, work: impl FnOnce(Arc<dyn Registry>) + Send + 'static) {
    tokio::task::spawn_blocking(move || {
        work(fixture.registry.clone());
        drop(fixture);
    })
    .await
    .expect("the registry's thread");
}

fn same(one: &str, other: &str) -> bool {
    let strip = |text: &str| text.split_whitespace().collect::<String>();
    strip(one) == strip(other)
}

/// A schema is found by its id.
pub async fn a_schema_is_found_by_its_id(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        let id = registry.register("contract-value", V1).expect("register");
        assert!(same(&registry.schema(id).expect("schema"), V1));
        assert_eq!(registry.versions("contract-value").expect("versions"), [id]);
    })
    .await;
}

/// A schema registered again keeps its id.
pub async fn a_schema_registered_again_keeps_its_id(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        let id = registry.register("contract-value", V1).expect("register");
        let spaced = V1.replace(',', " ,\n ");
        for text in [V1, &spaced] {
            let again = registry.register("contract-value", text);
            assert_eq!(again.expect("register"), id);
        }
        assert_eq!(registry.versions("contract-value").expect("versions"), [id]);
    })
    .await;
}

/// A schema is found only where it is registered.
pub async fn a_schema_is_found_only_where_it_is_registered(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        let find = |subject, schema| registry.find(subject, schema).expect("find");
        assert_eq!(find("contract-value", V1), None);
        let id = registry.register("contract-value", V1).expect("register");
        let spaced = V1.replace(',', " ,\n ");
        for text in [V1, &spaced] {
            assert_eq!(find("contract-value", text), Some(id));
        }
        assert_eq!(find("contract-value", V2), None);
        assert_eq!(find("other-value", V1), None);
        let refused = registry.find("contract-value", "{}");
        assert!(
            matches!(refused, Err(Error::NotASchema { .. })),
            "{refused:?}"
        );
    })
    .await;
}

/// A schema that can follow becomes the next version.
pub async fn a_schema_that_can_follow_becomes_the_next_version(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        let first = registry.register("contract-value", V1).expect("register");
        let second = registry.register("contract-value", V2).expect("register");
        assert_ne!(first, second);
        let versions = registry.versions("contract-value").expect("versions");
        assert_eq!(versions, [first, second]);
        assert!(same(&registry.schema(first).expect("schema"), V1));
    })
    .await;
}

/// A schema that cannot follow is refused, naming the field.
pub async fn a_schema_that_cannot_follow_is_refused_naming_the_field(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        let id = registry.register("contract-value", V1).expect("register");
        let refused = registry.register("contract-value", CLASH);
        assert!(
            matches!(refused, Err(Error::Incompatible { .. })),
            "{refused:?}"
        );
        let sentence = refused.expect_err("a refusal").to_string();
        assert!(sentence.contains("title"), "{sentence}");
        assert_eq!(registry.versions("contract-value").expect("versions"), [id]);
    })
    .await;
}

/// What is not a schema is refused.
pub async fn what_is_not_a_schema_is_refused(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        for text in ["", "{", "{}", r#"{"type":"record","name":"R"}"#] {
            let refused = registry.register("contract-value", text);
            assert!(
                matches!(refused, Err(Error::NotASchema { .. })),
                "{text}: {refused:?}"
            );
        }
        assert_eq!(
            registry.versions("contract-value").expect("versions"),
            [0; 0]
        );
    })
    .await;
}

/// An unknown id is said to be unknown.
pub async fn an_unknown_id_is_said_to_be_unknown(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        let answer = registry.schema(999_999);
        assert!(
            matches!(answer, Err(Error::UnknownId(999_999))),
            "{answer:?}"
        );
    })
    .await;
}

/// Subjects have versions of their own.
pub async fn subjects_have_versions_of_their_own(fixture: SchemaRegistry) {
    with(fixture, |registry| {
        registry.register("contract-value", V1).expect("register");
        registry.register("other-value", CLASH).expect("register");
        assert_eq!(registry.versions("other-value").expect("versions").len(), 1);
        assert_eq!(registry.versions("never").expect("versions"), [0; 0]);
    })
    .await;
}
