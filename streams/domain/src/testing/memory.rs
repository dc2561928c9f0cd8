//! State in memory, ordered as the stores order it.

use crate::state::{Change, KeyValue, StateView, Unreadable};
use std::collections::BTreeMap;
use std::ops::Bound;

/// A partition's state in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl Memory {
    /// Applies changes in their order.
    pub fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match &change.value {
                Some(value) => self.0.insert(change.key.clone(), value.clone()),
                None => self.0.remove(&change.key),
            };
        }
    }

    /// The keys under a prefix with their values.
    pub fn under<'a>(
        &'a self,
        prefix: &'a [u8],
    ) -> impl Iterator<Item = (&'a Vec<u8>, &'a Vec<u8>)> {
        self.0
            .range(prefix.to_vec()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
    }
}

impl StateView for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Vec<KeyValue>, Unreadable> {
        let start = match after {
            [] => Bound::Included(prefix.to_vec()),
            after => Bound::Excluded(after.to_vec()),
        };
        let found = self
            .0
            .range((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(max);
        Ok(found
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }
}
