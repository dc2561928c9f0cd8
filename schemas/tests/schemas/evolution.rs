//! What other builds write: every change that the rule of compatibility allows is read by this build, and the
//! files themselves are as they should be.

use super::support::datum::{Tape, datum};
use super::support::parts::Parts;
use super::support::topics::{ForTopic, for_topic};
use apache_avro::Schema;
use mediamesh_schemas::codec::embedded_id;
use mediamesh_schemas::{
    Codec, Contract, DecodeError, LookupError, SchemaLookup, Topic, compat, shipped,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

/// The id of the schema that this build does not ship.
const OTHER: u32 = 77;

struct Registry(String);

impl SchemaLookup for Registry {
    fn schema(&self, id: u32) -> Result<String, LookupError> {
        assert_eq!(id, OTHER);
        Ok(self.0.clone())
    }
}

struct Read<'a>(&'a Codec, &'a [u8]);

impl ForTopic for Read<'_> {
    type Output = Result<(), DecodeError>;

    fn call<T: Contract + PartialEq + Debug>(self) -> Self::Output {
        self.0.decode::<T>(self.1).map(|_| ())
    }
}

fn newest() -> impl Iterator<Item = (Topic, Parts)> {
    let shipped = Topic::ALL
        .iter()
        .filter_map(|topic| shipped::newest(*topic));
    shipped.map(|s| (s.topic, Parts::of(s.text)))
}

/// What becomes of some records that a build with another schema writes.
fn read_from(topic: Topic, other: &Parts, records: u64) -> Vec<Result<(), DecodeError>> {
    let text = other.text();
    let published = shipped::newest(topic).expect("shipped").text;
    assert_eq!(compat::check(published, &text), Ok(()), "{topic}");
    let schema = Schema::parse_str(&text).expect("a schema");
    let ids = shipped::ALL
        .iter()
        .map(|s| (s.topic, s.version, embedded_id(s.topic, s.version)));
    let codec = Codec::new(ids, Arc::new(Registry(text))).expect("whole");
    let records = 1..=records;
    records
        .map(|seed| {
            let mut bytes = vec![0];
            bytes.extend(OTHER.to_be_bytes());
            bytes.extend(datum(&schema, &mut Tape::new(&noise(seed))));
            for_topic(topic, Read(&codec, &bytes))
        })
        .collect()
}

/// Bytes without a pattern, always the same for a seed (xorshift).
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..2500).map(step).collect()
}

#[test]
fn a_field_with_a_default_may_be_absent_from_records() {
    let mut tested = BTreeSet::new();
    for (topic, parts) in newest() {
        for (record, fields) in parts.records() {
            if !tested.insert(record.clone()) {
                continue;
            }
            for (place, field) in fields.iter().enumerate() {
                if field.get("default").is_some() {
                    let mut other = parts.clone();
                    other.fields(record).remove(place);
                    for read in read_from(topic, &other, 12) {
                        assert_eq!(read, Ok(()), "{topic}: {record} without {}", field["name"]);
                    }
                }
            }
        }
    }
}

#[test]
fn fields_that_this_build_does_not_know_are_left_out() {
    let kinds = json!([
        {"type": "enum", "name": "Mood", "namespace": "newer", "symbols": ["calm", "loud"]},
        {"type": "record", "name": "Note", "namespace": "newer", "fields": [
            {"name": "text", "type": "string"}, {"name": "notes", "type": {"type": "array", "items": "newer.Note"}}]},
        {"type": "fixed", "name": "Hash", "namespace": "newer", "size": 3},
        "null", "boolean", "int", "long", "double", "bytes", "string"
    ]);
    let type_ = json!({"type": "map", "values": {"type": "array", "items": kinds}});
    let field = json!({"name": "newer", "type": type_, "default": {}});
    let mut tested = BTreeSet::new();
    for (topic, parts) in newest() {
        for (record, fields) in parts.records() {
            // A record that stands for one kind of a union is only its one field.
            if !tested.insert(record.clone())
                || fields.is_empty()
                || parts.types[record]
                    .get("org.apache.avro.rust.union_of_records")
                    .is_some()
            {
                continue;
            }
            let mut other = parts.clone();
            other.fields(record).insert(fields.len() / 2, field.clone());
            for read in read_from(topic, &other, 25) {
                assert_eq!(read, Ok(()), "{topic}: {record} with a newer field");
            }
        }
    }
}

#[test]
fn symbols_and_kinds_that_this_build_does_not_know_pause_it() {
    let mut met = BTreeSet::new();
    let mut note = |what: String, reads: Vec<Result<(), DecodeError>>| {
        for read in reads {
            match read {
                Ok(()) => {}
                Err(error @ DecodeError::NewerRecordKind { .. }) => {
                    assert!(error.is_transient());
                    met.insert(what.clone());
                }
                Err(error) => panic!("{what}: {error}"),
            }
        }
    };
    let mut changed = BTreeSet::new();
    for (topic, parts) in newest() {
        for (name, schema) in &parts.types {
            if let Some(symbols) = schema["symbols"].as_array() {
                let mut other = parts.clone();
                let mut symbols = symbols.clone();
                symbols.push(json!("newer"));
                other.types.get_mut(name).expect("it is there")["symbols"] = symbols.into();
                changed.insert(name.clone());
                // The more kinds a topic has, the more records until the symbol has stood in one.
                note(name.clone(), read_from(topic, &other, 240));
            }
        }
        for (record, fields) in parts.records() {
            for (place, field) in fields.iter().enumerate() {
                if field["type"]
                    .as_array()
                    .is_some_and(|union| union.len() > 2 || union[0] != "null")
                {
                    let mut other = parts.clone();
                    let kinds = other.fields(record)[place]["type"]
                        .as_array_mut()
                        .expect("a union");
                    kinds.push(
                        json!({"type": "record", "name": "Newer", "namespace": "newer", "fields": [
                        {"name": "text", "type": "string"}]}),
                    );
                    changed.insert(record.clone());
                    // A union of many kinds needs as many more records until each has stood in one.
                    note(record.clone(), read_from(topic, &other, 240));
                }
            }
        }
    }
    assert_eq!(met, changed, "some change was in no record");
}

#[test]
fn a_type_of_one_name_is_the_same_in_every_file() {
    let mut known: BTreeMap<String, (Topic, Value)> = BTreeMap::new();
    for (topic, parts) in newest() {
        for (name, schema) in parts.types {
            let (first, before) = known.entry(name.clone()).or_insert((topic, schema.clone()));
            assert_eq!(
                *before, schema,
                "{name} differs between {first} and {topic}"
            );
        }
    }
}

#[test]
fn every_type_and_field_says_what_it_is() {
    for (topic, parts) in newest() {
        let said = |schema: &Value| schema["doc"].as_str().is_some_and(|doc| doc.ends_with('.'));
        for (name, schema) in &parts.types {
            assert!(said(schema), "{topic}: {name}");
            for symbol in schema["symbols"].as_array().into_iter().flatten() {
                let symbol = symbol.as_str().expect("a text");
                let doc = schema["doc"].as_str().expect("said");
                assert!(
                    doc.contains(&format!("{symbol}: ")),
                    "{topic}: {name} {symbol}"
                );
            }
        }
        for (name, fields) in parts.records() {
            for field in fields {
                assert!(said(field), "{topic}: {name}.{}", field["name"]);
            }
        }
    }
}

#[test]
fn a_field_that_can_have_a_default_has_one() {
    // What it says is the whole point of it.
    let without = ["mediamesh.content.RemovedDocument.removed"];
    for (topic, parts) in newest() {
        for (name, fields) in parts.records() {
            for field in fields {
                let place = format!("{name}.{}", field["name"].as_str().expect("a text"));
                let optional = field["type"].get(0).is_some_and(|first| first == "null");
                let kind = field["type"].get("type").unwrap_or(&field["type"]);
                let can = optional || ["array", "map", "boolean"].iter().any(|k| kind == k);
                let has = field.get("default").is_some();
                assert!(
                    has || !can || without.contains(&place.as_str()),
                    "{topic}: {place}"
                );
            }
        }
    }
}
