//! The document of port 8081, write API and desk together: what is served is what is checked in.

use mediamesh::configuration::{Configuration, Roles};
use mediamesh::instance;
use mediamesh_tests::addresses::free;
use serde_json::Value;
use std::path::Path;

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../mediamesh/openapi-8081.json"
);

async fn served() -> String {
    let directory = tempfile::tempdir().unwrap();
    let listen = free();
    let address = format!("http://{}/openapi.json", listen.write);
    let configuration = Configuration {
        data_dir: directory.path().join("data"),
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

#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_the_internal_port_is_the_checked_in_one_and_has_both_faces() {
    let served = served().await;
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(FILE, &served).unwrap();
    }
    let checked_in = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        served == checked_in,
        "mediamesh/openapi-8081.json is old: run UPDATE_GENERATED=1 cargo test --workspace --test all openapi"
    );
    let whole: Value = serde_json::from_str(&served).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for part in ["api-write/openapi.json", "api-read/openapi-desk.json"] {
        let part = std::fs::read_to_string(root.join(part)).unwrap();
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
