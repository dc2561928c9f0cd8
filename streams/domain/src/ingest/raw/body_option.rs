//! An optional body on the wire: Avro unions hold no unions, so "absent" is one more kind, the first.
//!
//! JSON carries `null` or the body, as every optional value.

use super::{Element, RawBody};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Written<'a> {
    Absent,
    Feed(&'a Element),
    Entry(&'a Element),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Read {
    Absent,
    Feed(Element),
    Entry(Element),
}

/// Writes the body, or that there is none.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(body: &Option<RawBody>, s: S) -> Result<S::Ok, S::Error> {
    if s.is_human_readable() {
        return body.serialize(s);
    }
    match body {
        None => Written::Absent,
        Some(RawBody::Feed(element)) => Written::Feed(element),
        Some(RawBody::Entry(element)) => Written::Entry(element),
    }
    .serialize(s)
}

/// Reads a body, or that there is none.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<RawBody>, D::Error> {
    if d.is_human_readable() {
        return Option::deserialize(d);
    }
    Ok(match Read::deserialize(d)? {
        Read::Absent => None,
        Read::Feed(element) => Some(RawBody::Feed(element)),
        Read::Entry(element) => Some(RawBody::Entry(element)),
    })
}
