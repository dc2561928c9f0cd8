//! Rows of lists: an item once, with a card in each of its languages, under a key that sorts newest first.

use super::json;
use crate::lang::Lang;
use crate::position::Seq;
use crate::time::Timestamp;
use crate::view::{RowKey, RowWrite, Table, Window};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The meta of a list row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct ListMeta {
    /// The language of readers who name none.
    pub main: String,
    /// Whether a reader whose language is missing does not see it.
    pub strict: bool,
    /// When it may be shown.
    #[serde(default, skip_serializing_if = "Window::is_always")]
    pub window: Window,
}

/// A clustering key that sorts newest first, then by id; without a time it comes last.
#[must_use]
pub fn newest_first(at: Option<Timestamp>, id: Uuid) -> Vec<u8> {
    let inverted = at.map_or(u64::MAX, |at| {
        (u64::MAX - 1).saturating_sub(at.0 as u64 ^ (1 << 63))
    });
    [inverted.to_be_bytes().as_slice(), id.as_bytes()].concat()
}

/// A list row: the cards by language as one JSON object.
pub(crate) fn row<T: Serialize>(
    table: Table,
    partition_key: Vec<u8>,
    clustering_key: Vec<u8>,
    seq: Seq,
    (main, strict, window): (&Lang, bool, Window),
    cards: &[(&Lang, T)],
) -> RowWrite {
    let by_lang: BTreeMap<&str, Box<RawValue>> = cards
        .iter()
        .filter_map(|(lang, card)| {
            let raw = serde_json::value::to_raw_value(card).ok()?;
            Some((lang.as_str(), raw))
        })
        .collect();
    let meta = ListMeta {
        main: main.as_str().to_owned(),
        strict,
        window,
    };
    RowWrite {
        key: RowKey::new(table, partition_key, clustering_key),
        seq,
        value: Some((json(&meta), json(&by_lang))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_comes_first_and_undated_last() {
        let id = Uuid::nil();
        let key = |at| newest_first(at, id);
        let times = [
            Some(Timestamp(i64::MAX)),
            Some(Timestamp(5)),
            Some(Timestamp(4)),
            Some(Timestamp(-9)),
            None,
        ];
        let keys: Vec<_> = times.into_iter().map(key).collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}
