//! Clients of another language, which know nothing of ours: the scripts in `clients`.

use mediamesh_ports::contract::server;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// Runs a script with the addresses of Kafka and the registry and these arguments; gives what it printed, a JSON value
/// a line.
///
/// # Panics
/// Where it fails, with what it complained of.
#[must_use]
pub fn python(script: &str, arguments: &[&str]) -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients");
    let ran = Command::new("python3")
        .arg(folder.join(script))
        .args([server("KAFKA"), server("REGISTRY")])
        .args(arguments)
        .env("PYTHONPATH", server("PYTHONPATH"))
        .output()
        .expect("python3 runs");
    let complaint = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{script}: {complaint}");
    let lines = String::from_utf8_lossy(&ran.stdout);
    let lines = lines.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .expect("JSON, a value a line")
}
