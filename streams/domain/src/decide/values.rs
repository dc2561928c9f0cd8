//! Values of the decider's state as bytes: MessagePack with names, so that builds may add fields.

use crate::state::{Change, StateView, Unreadable};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a value of the state.
pub(crate) fn read<T: DeserializeOwned>(
    state: &dyn StateView,
    key: &[u8],
) -> Result<Option<T>, Unreadable> {
    state.get(key)?.map(|bytes| decode(&bytes)).transpose()
}

/// Reads a value's bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    rmp_serde::from_slice(bytes).map_err(|error| Unreadable(error.to_string()))
}

/// Writes a value's bytes.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Unreadable> {
    rmp_serde::to_vec_named(value).map_err(|error| Unreadable(error.to_string()))
}

/// The change that gives a key this value.
pub(crate) fn put<T: Serialize>(key: Vec<u8>, value: &T) -> Result<Change, Unreadable> {
    let value = Some(encode(value)?);
    Ok(Change { key, value })
}

/// The change that removes a key.
pub(crate) fn removal(key: Vec<u8>) -> Change {
    Change { key, value: None }
}
