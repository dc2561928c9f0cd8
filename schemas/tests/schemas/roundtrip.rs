//! Any record survives its bytes, and no bytes bring the codec down.

use super::support::datum::{Tape, datum};
use super::support::topics::{ForTopic, for_topic};
use apache_avro::Schema;
use mediamesh_schemas::codec::embedded_id;
use mediamesh_schemas::{Codec, Contract, DecodeError, Topic, shipped};
use proptest::prelude::*;
use std::fmt::Debug;
use std::fs;
use std::sync::LazyLock;

static SCHEMAS: LazyLock<Vec<(Topic, i32, Schema)>> = LazyLock::new(|| {
    let newest = Topic::ALL
        .iter()
        .filter_map(|topic| shipped::newest(*topic));
    newest
        .map(|s| {
            let schema = Schema::parse_str(s.text).expect("a schema");
            (s.topic, s.version, schema)
        })
        .collect()
});

static GOLDEN: LazyLock<Vec<(Topic, Vec<u8>)>> = LazyLock::new(|| {
    let mut records = Vec::new();
    for (topic, ..) in SCHEMAS.iter() {
        let folder = format!("{}/golden/{topic}", env!("CARGO_MANIFEST_DIR"));
        for file in fs::read_dir(folder).expect("golden records") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|ending| ending == "bin") {
                records.push((*topic, fs::read(path).expect("bytes")));
            }
        }
    }
    records.sort();
    records
});

fn record(topic: Topic, version: i32, datum: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(embedded_id(topic, version).to_be_bytes());
    bytes.extend(datum);
    bytes
}

/// Reads bytes and writes them again.
struct Again<'a>(&'a [u8]);

impl ForTopic for Again<'_> {
    type Output = Result<Vec<u8>, DecodeError>;

    fn call<T: Contract + PartialEq + Debug>(self) -> Self::Output {
        let codec = Codec::embedded();
        let record: T = codec.decode(self.0)?;
        let written = codec.encode(&record).expect("what was read can be written");
        // Not equal to itself where a number is none; then the bytes must do.
        let again: T = codec
            .decode(&written)
            .expect("what was written can be read");
        assert!(again == record || format!("{again:?}") == format!("{record:?}"));
        Ok(written)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_record_is_written_as_the_bytes_it_was_read_from(
        at in any::<prop::sample::Index>(),
        tape in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        let (topic, version, schema) = at.get(&SCHEMAS);
        let bytes = record(*topic, *version, &datum(schema, &mut Tape::new(&tape)));
        prop_assert_eq!(for_topic(*topic, Again(&bytes)), Ok(bytes));
    }

    #[test]
    fn any_bytes_are_a_record_or_an_error(
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        with_header: bool,
    ) {
        let (topic, version, _) = at.get(&SCHEMAS);
        let bytes = if with_header { record(*topic, *version, &bytes) } else { bytes };
        let _ = for_topic(*topic, Again(&bytes));
    }

    #[test]
    fn golden_bytes_with_errors_are_a_record_or_an_error(
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        keep in any::<prop::sample::Index>(),
        cut: bool,
    ) {
        let (topic, bytes) = at.get(&GOLDEN);
        let mut bytes = bytes.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        let _ = for_topic(*topic, Again(&bytes));
    }
}

#[test]
fn every_golden_record_cut_anywhere_is_malformed_or_short() {
    for (topic, bytes) in GOLDEN.iter().step_by(3) {
        for end in (0..bytes.len()).step_by(7) {
            let error = for_topic(*topic, Again(&bytes[..end])).expect_err("cut");
            let codes = ["record_short", "record_malformed"];
            assert!(codes.contains(&error.code()), "{topic} {end}: {error}");
            assert!(!error.is_transient());
        }
    }
}
