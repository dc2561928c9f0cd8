//! A schema file that was published is never edited: what each one was is written down beside them.
//!
//! `UPDATE_GENERATED=1 cargo test -p mediamesh-schemas --test schemas` adds the lines of new versions. It never changes
//! a line that is there.

use mediamesh_schemas::shipped;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs};

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/avro/published.sha256");

/// The list in the form of `sha256sum`: a hash and a file a line.
fn listed() -> BTreeMap<String, String> {
    let text = fs::read_to_string(LIST).unwrap_or_default();
    let line = |line: &str| {
        let (hash, file) = line.split_once("  ").expect("<hash>  <file>");
        (file.to_owned(), hash.to_owned())
    };
    text.lines().map(line).collect()
}

fn shipped() -> BTreeMap<String, String> {
    let one = |shipped: &shipped::Shipped| {
        let hash = Sha256::digest(shipped.text);
        let hash = hash.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        });
        (format!("{}/v{}.avsc", shipped.topic, shipped.version), hash)
    };
    shipped::ALL.iter().map(one).collect()
}

#[test]
fn a_published_schema_is_never_edited() {
    let (mut listed, shipped) = (listed(), shipped());
    if env::var_os("UPDATE_GENERATED").is_some() {
        for (file, hash) in &shipped {
            listed.entry(file.clone()).or_insert_with(|| hash.clone());
        }
        let lines = listed
            .iter()
            .map(|(file, hash)| format!("{hash}  {file}\n"));
        fs::write(LIST, lines.collect::<String>()).expect("the list can be written");
    }
    for (file, hash) in &listed {
        let now = shipped.get(file);
        assert!(
            now.is_some(),
            "{file} was published and is gone: records of it are on the logs"
        );
        assert_eq!(
            now,
            Some(hash),
            "{file} was published and has changed: put it back, and write the change as the next version"
        );
    }
    let new: Vec<&String> = shipped
        .keys()
        .filter(|file| !listed.contains_key(*file))
        .collect();
    assert!(
        new.is_empty(),
        "{new:?} are not in avro/published.sha256; add them with UPDATE_GENERATED=1, and they stay as they are"
    );
}
