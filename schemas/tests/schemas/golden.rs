//! The bytes of every published version, kept for ever: `golden/<topic>/v<version>-<case>.bin` beside the
//! record in JSON.
//!
//! To add a case, or the cases of a new version: write the record as `v<version>-<case>.json` and run
//! `cargo test -p mediamesh-schemas --test schemas new_cases -- --ignored`. It writes the bytes of cases that have none
//! and never touches bytes that are there.

mod coverage;

use super::support::topics::{ForTopic, for_topic};
use mediamesh_schemas::{Codec, Contract, Topic, shipped};
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

/// One golden record.
struct Case {
    topic: Topic,
    version: i32,
    json: PathBuf,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for topic in Topic::ALL
            .iter()
            .filter(|topic| topic.spec().schema.is_some())
        {
            let folder = Path::new(FOLDER).join(topic.name());
            for file in fs::read_dir(&folder).expect("each topic has golden records") {
                let json = file.expect("a file").path();
                if json.extension().is_some_and(|ending| ending == "json") {
                    let name = json.file_stem().expect("a name").to_string_lossy();
                    let version = name.strip_prefix('v').and_then(|n| n.split_once('-'));
                    let version = version.expect("v<version>-<case>").0.parse();
                    cases.push(Self {
                        topic: *topic,
                        version: version.expect("a number"),
                        json,
                    });
                }
            }
        }
        cases
    }

    fn bin(&self) -> PathBuf {
        self.json.with_extension("bin")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.bin()).unwrap_or_else(|_| panic!("{} has no bytes", self.json.display()))
    }

    fn record<T: Contract>(&self) -> T {
        let text = fs::read_to_string(&self.json).expect("the file is there");
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", self.json.display()))
    }

    fn is_newest(&self) -> bool {
        shipped::newest(self.topic).is_some_and(|newest| newest.version == self.version)
    }
}

/// Something to be done with a case, whatever its record's type.
trait Check {
    fn check<T: Contract + PartialEq + Debug>(&self, case: &Case);
}

struct With<'a, C>(&'a C, &'a Case);

impl<C: Check> ForTopic for With<'_, C> {
    type Output = ();

    fn call<T: Contract + PartialEq + Debug>(self) {
        self.0.check::<T>(self.1);
    }
}

fn each_case(check: &impl Check) {
    for case in &Case::all() {
        for_topic(case.topic, With(check, case));
    }
}

#[test]
fn golden_bytes_are_read_as_the_records_beside_them() {
    struct Read;
    impl Check for Read {
        fn check<T: Contract + PartialEq + Debug>(&self, case: &Case) {
            let read = Codec::embedded().decode::<T>(&case.bytes());
            assert_eq!(read, Ok(case.record::<T>()), "{}", case.json.display());
        }
    }
    each_case(&Read);
}

#[test]
fn records_of_the_newest_version_are_written_as_the_golden_bytes() {
    struct Write;
    impl Check for Write {
        fn check<T: Contract + PartialEq + Debug>(&self, case: &Case) {
            if case.is_newest() {
                let written = Codec::embedded().encode(&case.record::<T>());
                assert!(written == Ok(case.bytes()), "{}", case.json.display());
            }
        }
    }
    each_case(&Write);
}

#[test]
fn the_json_beside_golden_bytes_leaves_nothing_out() {
    struct Whole;
    impl Check for Whole {
        fn check<T: Contract + PartialEq + Debug>(&self, case: &Case) {
            if case.is_newest() {
                let text = fs::read_to_string(&case.json).expect("the file is there");
                let kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                let record = serde_json::to_value(case.record::<T>()).expect("JSON");
                assert_eq!(record, kept, "{}", case.json.display());
            }
        }
    }
    each_case(&Whole);
}

#[test]
fn every_field_kind_and_symbol_stands_in_a_golden_record() {
    let mut coverage = coverage::Coverage::default();
    for shipped in Topic::ALL
        .iter()
        .filter_map(|topic| shipped::newest(*topic))
    {
        coverage.require(shipped.text);
    }
    for case in Case::all() {
        let version = shipped::versions(case.topic).find(|s| s.version == case.version);
        coverage.note(version.expect("published").text, &case.bytes());
    }
    let missing = coverage.missing(&[
        // It is always true, so that the JSON form says what it is.
        "mediamesh.content.RemovedDocument.removed: false",
    ]);
    assert!(missing.is_empty(), "in no golden record: {missing:#?}");
}

#[test]
#[ignore = "writes the bytes of new cases"]
fn write_the_bytes_of_new_cases() {
    struct New;
    impl Check for New {
        fn check<T: Contract + PartialEq + Debug>(&self, case: &Case) {
            if case.is_newest() && !case.bin().exists() {
                let record: T = case.record();
                let bytes = Codec::embedded().encode(&record).expect("it fits");
                let json = serde_json::to_string_pretty(&record).expect("JSON");
                fs::write(&case.json, json + "\n").expect("the whole record");
                fs::File::create_new(case.bin())
                    .and_then(|mut file| std::io::Write::write_all(&mut file, &bytes))
                    .expect("new bytes");
            }
        }
    }
    each_case(&New);
}
