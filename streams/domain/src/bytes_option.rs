//! Optional byte strings: `serde_bytes` for `Option<Vec<u8>>`, so that Avro sees bytes and not an array.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the bytes, or nothing.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(value: &Option<Vec<u8>>, s: S) -> Result<S::Ok, S::Error> {
    value
        .as_ref()
        .map(|bytes| serde_bytes::Bytes::new(bytes))
        .serialize(s)
}

/// Reads bytes, or nothing.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<u8>>, D::Error> {
    Ok(Option::<serde_bytes::ByteBuf>::deserialize(d)?.map(serde_bytes::ByteBuf::into_vec))
}
