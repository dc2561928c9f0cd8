//! The documents of both ports, put together of several APIs: what is served is what is checked in.

use mediamesh::configuration::{Configuration, Listen, Roles};
use mediamesh::instance;
use mediamesh_tests::addresses::free;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What one port of an instance that hubs can reach says of itself.
async fn served(of: impl Fn(&Listen) -> SocketAddr) -> String {
    let directory = tempfile::tempdir().unwrap();
    let listen = free();
    let address = format!("http://{}/openapi.json", of(&listen));
    let configuration = Configuration {
        data_dir: directory.path().join("data"),
        public_url: Some("https://media.example.org".to_owned()),
        listen,
        ..Configuration::default()
    };
    mediamesh::install_tls();
    let served = instance::serve(configuration, Roles::all()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(address).send().await.unwrap();
    let text = answer.text().await.unwrap();
    served.close().await;
    text
}

/// The document, which is the one that is checked in.
fn checked_in(name: &str, served: &str) -> Value {
    let file = root().join(name);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&file, served).unwrap();
    }
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        served == checked_in,
        "{name} is old: run UPDATE_GENERATED=1 cargo test --workspace --test all openapi"
    );
    serde_json::from_str(served).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A document has all that the documents of its parts have.
fn has_all_of(whole: &Value, parts: &[&str]) {
    for part in parts {
        let part = std::fs::read_to_string(root().join(part)).unwrap();
        let part: Value = serde_json::from_str(&part).unwrap();
        for (path, operations) in part["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                assert_eq!(&whole["paths"][path][method], operation, "{method} {path}");
            }
        }
        for (name, schema) in part["components"]["schemas"].as_object().unwrap() {
            assert_eq!(&whole["components"]["schemas"][name], schema, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_the_internal_port_is_the_checked_in_one_and_has_both_faces() {
    let served = served(|listen| listen.write).await;
    let whole = checked_in("mediamesh/openapi-8081.json", &served);
    has_all_of(
        &whole,
        &["api-write/openapi.json", "api-read/openapi-desk.json"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_the_public_port_has_what_hubs_ask_and_tell() {
    let served = served(|listen| listen.read).await;
    let whole = checked_in("mediamesh/openapi-8080.json", &served);
    has_all_of(&whole, &["api-read/openapi.json"]);
    let hubs = &whole["paths"]["/websub/{source}/{token}"];
    assert_eq!(hubs["get"]["operationId"], "verify_subscription");
    assert_eq!(hubs["post"]["operationId"], "deliver_news");
    let asked = hubs["get"]["parameters"].as_array().unwrap();
    let names: Vec<&str> = asked
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert!(names.contains(&"hub.challenge"), "{names:?}");
}
