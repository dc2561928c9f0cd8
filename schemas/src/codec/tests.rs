//! What is no record, what another build wrote, and who must act on it.

use super::*;
use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawEntry, RawFormat};
use mediamesh_domain::position::{Partition, Seq};
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::view::{View, ViewProgress};
use std::sync::Mutex;

fn progress() -> ViewProgress {
    ViewProgress {
        view: View::Search,
        version: 1,
        partition: Partition(7),
        seq: Seq(1841),
        at: Timestamp(1_790_000_000_000_000),
    }
}

fn nested(levels: usize) -> RawEntry {
    let mut root = Element::default();
    for _ in 1..levels {
        let child = std::mem::take(&mut root);
        root.children.push(child);
    }
    RawEntry {
        source_id: SourceId::of_address("https://media.example/feed"),
        source_seq: Seq(1),
        run_id: RunId(uuid::Uuid::nil()),
        fetched_at: Timestamp(0),
        index: 0,
        format: RawFormat::Rss,
        feed: FeedContext::default(),
        raw_hash: vec![0; 32],
        correlation_id: None,
        body: Some(RawBody::Entry(root)),
        claim: None,
    }
}

fn bytes(id: u32, datum: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(id.to_be_bytes());
    bytes.extend(datum);
    bytes
}

fn given_ids() -> impl Iterator<Item = (Topic, i32, u32)> {
    let all = shipped::ALL.iter();
    all.map(|s| (s.topic, s.version, embedded_id(s.topic, s.version)))
}

fn read(bytes: &[u8]) -> DecodeError {
    let read = Codec::embedded().decode::<ViewProgress>(bytes);
    read.expect_err("it is no record")
}

/// A registry that says what it is told to.
struct Says(Mutex<Result<String, LookupError>>);

impl SchemaLookup for Arc<Says> {
    fn schema(&self, _: u32) -> Result<String, LookupError> {
        self.0.lock().expect("no test holds it").clone()
    }
}

fn asking(answer: Result<String, LookupError>) -> (Codec, Arc<Says>) {
    let registry = Arc::new(Says(Mutex::new(answer)));
    let codec = Codec::new(given_ids(), Arc::new(Arc::clone(&registry)));
    (codec.expect("the ids are whole"), registry)
}

#[test]
fn a_record_begins_with_a_zero_and_its_schemas_id() {
    let codec = Codec::embedded();
    let bytes = codec.encode(&progress()).expect("it fits");
    assert_eq!(bytes[..5], [0, 0, 0, 0x17, 0x72]);
    assert_eq!(schema_id(&bytes), Some(6002));
    assert_eq!(codec.id(Topic::ViewProgress), Some(6002));
    assert_eq!(codec.id(Topic::IngestRawDlt), None);
    assert_eq!(codec.decode(&bytes), Ok(progress()));
}

#[test]
fn what_is_no_record_is_a_rejection() {
    let good = Codec::embedded().encode(&progress()).expect("it fits");
    let mut long = good.clone();
    long.push(0);
    for (bytes, code) in [
        (&b""[..], "record_short"),
        (&[0, 0, 0], "record_short"),
        (&[0x7b, 0, 0, 0, 1], "record_bad_magic"),
        (&[0x7b], "record_bad_magic"),
        (&good[..5], "record_malformed"),
        (&good[..good.len() - 1], "record_malformed"),
        (&long, "record_malformed"),
        // The fifth of four views.
        (&bytes(6001, &[8, 2, 0, 0, 0]), "record_malformed"),
        // A number that does not end.
        (&bytes(6001, &[0xff; 40]), "record_malformed"),
    ] {
        let error = read(bytes);
        assert_eq!(
            (error.code(), error.is_transient()),
            (code, false),
            "{error}"
        );
    }
}

#[test]
fn a_record_of_another_topic_is_a_rejection() {
    let codec = Codec::embedded();
    let bytes = codec.encode(&progress()).expect("it fits");
    let error = codec
        .decode::<CatalogRecord>(&bytes)
        .expect_err("another topic");
    assert_eq!(
        (error.code(), error.is_transient()),
        ("record_wrong_subject", false)
    );
    assert_eq!(
        error.to_string(),
        "schema 6002 is a record of view.progress, which is not a record of catalog"
    );
}

#[test]
fn a_schema_of_nobody_is_a_rejection() {
    for text in [
        r#""string""#,
        "{",
        r#"{"type":"record","name":"x.Y","fields":[]}"#,
    ] {
        let (codec, _) = asking(Ok(text.to_owned()));
        let error = codec
            .decode::<ViewProgress>(&bytes(77, &[]))
            .expect_err("nobody's");
        assert_eq!(error.code(), "record_wrong_subject", "{error}");
    }
}

#[test]
fn an_unknown_id_is_asked_for_again_until_the_registry_knows_it() {
    let record = Codec::embedded().encode(&progress()).expect("it fits");
    let record = bytes(77, &record[5..]);
    let (codec, registry) = asking(Err(LookupError::Unknown));
    let error = codec.decode::<ViewProgress>(&record).expect_err("unknown");
    assert_eq!(
        (error.code(), error.is_transient()),
        ("schema_id_unknown", true)
    );

    *registry.0.lock().expect("free") = Err(LookupError::Down("no route".to_owned()));
    let error = codec.decode::<ViewProgress>(&record).expect_err("down");
    assert_eq!(
        (error.code(), error.is_transient()),
        ("registry_down", true)
    );

    let text = shipped::newest(Topic::ViewProgress).expect("shipped").text;
    *registry.0.lock().expect("free") = Ok(text.to_owned());
    assert_eq!(codec.decode(&record), Ok(progress()));
    // Once known, it is not asked for.
    *registry.0.lock().expect("free") = Err(LookupError::Unknown);
    assert_eq!(codec.clone().decode(&record), Ok(progress()));
}

#[test]
fn a_schema_that_has_no_place_in_this_build_pauses_it() {
    let text = shipped::newest(Topic::ViewProgress).expect("shipped").text;
    let newer = text.replacen(r#""type": "int""#, r#""type": "string""#, 1);
    assert_ne!(newer, text);
    let (codec, _) = asking(Ok(newer));
    let error = codec
        .decode::<ViewProgress>(&bytes(77, &[]))
        .expect_err("newer");
    assert_eq!((error.code(), error.is_transient()), ("record_newer", true));
    assert!(
        error.to_string().contains("ViewProgress.version"),
        "{error}"
    );
}

#[test]
fn elements_nested_too_deep_are_refused_on_both_ways() {
    let codec = Codec::embedded();
    let deepest = nested(crate::MAX_ELEMENT_DEPTH);
    let bytes = codec.encode(&deepest).expect("it is not too deep");
    assert_eq!(codec.decode(&bytes), Ok(deepest));
    let error = codec.encode(&nested(crate::MAX_ELEMENT_DEPTH + 1));
    assert_eq!(error.expect_err("too deep").code(), "record_too_deep");

    // A child more again and again: no name, no attributes, no text, one child.
    let root = bytes.len() - 1 - 4 * (crate::MAX_ELEMENT_DEPTH - 1) - 5;
    let mut hostile = bytes[..root].to_vec();
    hostile.extend([0, 0, 0, 2].repeat(500_000));
    let error = codec
        .decode::<RawEntry>(&hostile)
        .expect_err("far too deep");
    assert_eq!(error.code(), "record_malformed", "{error}");
    assert!(
        error.to_string().contains("nested deeper than 64"),
        "{error}"
    );
}

#[test]
fn a_length_that_no_record_has_takes_no_memory() {
    // A string of 2^60 bytes after the fields before it.
    let mut datum = vec![0; 16 + 1 + 16 + 1 + 1 + 1];
    datum.extend([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
    let read = Codec::embedded().decode::<RawEntry>(&bytes(1001, &datum));
    let error = read.expect_err("too long");
    assert_eq!(error.code(), "record_malformed", "{error}");
}

#[test]
fn lists_in_blocks_with_sizes_are_read_as_other_writers_write_them() {
    let codec = Codec::embedded();
    let mut entry = nested(2);
    entry.claim = Some("hash".to_owned());
    let plain = codec.encode(&entry).expect("it fits");
    let child = plain.len() - [2, 0, 0, 0, 0, 0].len() - [2, 8].len() - 4;
    assert_eq!(plain[child..child + 6], [2, 0, 0, 0, 0, 0]);
    let mut blocks = plain[..child].to_vec();
    blocks.extend([1, 8]);
    blocks.extend(&plain[child + 1..]);
    assert_eq!(codec.decode(&blocks), Ok(entry));
}

#[test]
fn a_codec_needs_an_id_for_every_published_version() {
    let without = given_ids().filter(|(topic, ..)| *topic != Topic::Catalog);
    let error = Codec::new(without, Arc::new(NoRegistry)).map(|_| ());
    let missing = IdsError::Missing {
        topic: Topic::Catalog,
        version: 1,
    };
    assert_eq!(error, Err(missing));
    let same = given_ids().map(|(topic, version, _)| (topic, version, 1));
    let error = Codec::new(same, Arc::new(NoRegistry)).map(|_| ());
    assert_eq!(error, Err(IdsError::Twice { id: 1 }));
}

#[test]
fn the_ids_of_a_registry_are_written_and_read() {
    let shifted = given_ids().map(|(topic, version, id)| (topic, version, id + 7));
    let codec = Codec::new(shifted, Arc::new(NoRegistry)).expect("whole");
    let bytes = codec.encode(&progress()).expect("it fits");
    assert_eq!(schema_id(&bytes), Some(6009));
    assert_eq!(codec.decode(&bytes), Ok(progress()));
    assert_eq!(read(&bytes), DecodeError::UnknownSchemaId { id: 6009 });
}

#[test]
fn an_id_and_the_version_that_it_stands_for_lead_to_each_other() {
    let codec = Codec::embedded();
    for shipped in shipped::ALL {
        let (topic, version) = (shipped.topic, shipped.version);
        let id = codec.id_of(topic, version).expect("it is shipped");
        assert_eq!(codec.version_of(id), Some((topic, version)));
    }
    assert_eq!(codec.version_of(7), None);
    assert_eq!(codec.id_of(Topic::Catalog, 99), None);
    assert_eq!(codec.id_of(Topic::IngestRawDlt, 1), None);
}
