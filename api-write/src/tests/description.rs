//! The OpenAPI document: what is served is what is checked in, and it names every live route.

use super::world::{Desk, call};
use serde_json::Value;
use std::path::Path;

fn document() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// An operation that the checked-in document names.
pub struct Operation {
    pub method: &'static str,
    /// The template of its path.
    pub path: String,
    /// Its name.
    pub id: String,
    /// Whether strangers may ask.
    pub is_public: bool,
    /// The scope that is needed; none: any key or token.
    pub scope: Option<String>,
}

/// Every operation that asks who calls: method, path template, scope.
pub fn operations() -> Vec<(&'static str, String, Option<String>)> {
    let guarded = all_operations().into_iter().filter(|one| !one.is_public);
    guarded
        .map(|one| (one.method, one.path, one.scope))
        .collect()
}

/// Every operation that the checked-in document names.
pub fn all_operations() -> Vec<Operation> {
    let document = document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, name) in [
            ("get", "GET"),
            ("post", "POST"),
            ("put", "PUT"),
            ("patch", "PATCH"),
            ("delete", "DELETE"),
        ] {
            if let Some(operation) = item.get(method) {
                let keys = &operation["security"][0]["api_key"];
                operations.push(Operation {
                    method: name,
                    path: path.clone(),
                    id: operation["operationId"].as_str().unwrap().to_owned(),
                    is_public: keys.is_null(),
                    scope: keys[0].as_str().map(str::to_owned),
                });
            }
        }
    }
    assert!(operations.len() > 20, "{} operations", operations.len());
    operations
}

#[tokio::test]
async fn the_checked_in_document_is_the_served_one() {
    let desk = Desk::new();
    let served = call("GET", "/openapi.json").send(&desk).await;
    assert_eq!(served.status, 200);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &served.text).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        served.text == checked_in,
        "api-write/openapi.json is old: run UPDATE_GENERATED=1 cargo test -p mediamesh-api-write"
    );
    assert!(served.body["openapi"].as_str().unwrap().starts_with("3.1."));
}

#[test]
fn every_operation_has_a_name_of_its_own_an_answer_and_a_problem() {
    let document = document();
    let mut names = std::collections::BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            let problem = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(
                problem["schema"]["$ref"], "#/components/schemas/Problem",
                "{name}"
            );
            assert!(operation["summary"].is_string(), "{name}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.push(reference.clone());
            }
            members
                .values()
                .for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
