//! The state as a step sees it: what was committed, with the changes of the step so far over it.

use mediamesh_domain::state::{Change, StateView, Unreadable};
use mediamesh_ports::event_log::Error;
use mediamesh_ports::state_store::{StateChange, StateRead};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

/// Keys with their values.
type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// A state with changes over it that are not committed yet.
pub struct Overlay {
    base: Option<Arc<dyn StateRead>>,
    /// What was read of the base so far: a step asks for some keys with every record.
    read: RefCell<HashMap<Vec<u8>, Option<Vec<u8>>>>,
    changed: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Overlay {
    /// No changes yet over a committed state, or over nothing for processors that keep none.
    #[must_use]
    pub fn over(base: Option<Arc<dyn StateRead>>) -> Self {
        Self {
            base,
            read: RefCell::default(),
            changed: BTreeMap::new(),
        }
    }

    /// Takes in changes; later ones win.
    pub fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.changed.insert(change.key, change.value);
        }
    }

    /// The last change of each key, in key order.
    #[must_use]
    pub fn into_changes(self) -> Vec<StateChange> {
        self.changed
            .into_iter()
            .map(|(key, value)| StateChange { key, value })
            .collect()
    }

    fn page(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Pairs, Unreadable> {
        self.base.as_ref().map_or_else(
            || Ok(Vec::new()),
            |base| base.scan(prefix, after, max).map_err(unreadable),
        )
    }

    /// The changes with this prefix after `after`, up to `last` where there is one.
    fn changes_between<'a>(
        &'a self,
        prefix: &'a [u8],
        after: &'a [u8],
        last: Option<&'a [u8]>,
    ) -> impl Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)> {
        let from = if after >= prefix && !after.is_empty() {
            Bound::Excluded(after)
        } else {
            Bound::Included(prefix)
        };
        self.changed
            .range::<[u8], _>((from, Bound::Unbounded))
            .take_while(move |(key, _)| {
                key.starts_with(prefix) && last.is_none_or(|last| key.as_slice() <= last)
            })
    }
}

impl StateView for Overlay {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        if let Some(changed) = self.changed.get(key) {
            return Ok(changed.clone());
        }
        let Some(base) = &self.base else {
            return Ok(None);
        };
        if let Some(read) = self.read.borrow().get(key) {
            return Ok(read.clone());
        }
        let value = base.get(key).map_err(unreadable)?;
        self.read.borrow_mut().insert(key.to_vec(), value.clone());
        Ok(value)
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: &[u8],
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Unreadable> {
        let mut found = Vec::new();
        let mut after = after.to_vec();
        while found.len() < max {
            let page = self.page(prefix, &after, max)?;
            // A full page may be followed by more committed keys: changes after its end wait for the next.
            let last = (page.len() == max)
                .then(|| page.last().map(|(key, _)| key.clone()))
                .flatten();
            let mut merged: BTreeMap<Vec<u8>, Option<Vec<u8>>> =
                page.into_iter().map(|(k, v)| (k, Some(v))).collect();
            for (key, value) in self.changes_between(prefix, &after, last.as_deref()) {
                merged.insert(key.clone(), value.clone());
            }
            found.extend(merged.into_iter().filter_map(|(k, v)| Some((k, v?))));
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        found.truncate(max);
        Ok(found)
    }
}

fn unreadable(error: Error) -> Unreadable {
    Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Committed(BTreeMap<Vec<u8>, Vec<u8>>);

    impl StateRead for Committed {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
            Ok(self.0.get(key).cloned())
        }

        fn scan(
            &self,
            prefix: &[u8],
            after: &[u8],
            max: usize,
        ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Error> {
            Ok(self
                .0
                .iter()
                .filter(|(key, _)| key.starts_with(prefix) && key.as_slice() > after)
                .take(max)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect())
        }
    }

    fn overlay(committed: &[&str], changes: &[(&str, bool)]) -> Overlay {
        let base = committed
            .iter()
            .map(|key| (key.as_bytes().to_vec(), b"old".to_vec()))
            .collect();
        let mut overlay = Overlay::over(Some(Arc::new(Committed(base))));
        overlay.apply(
            changes
                .iter()
                .map(|(key, put)| Change {
                    key: key.as_bytes().to_vec(),
                    value: put.then(|| b"new".to_vec()),
                })
                .collect(),
        );
        overlay
    }

    fn keys(found: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<String> {
        found
            .into_iter()
            .map(|(key, _)| String::from_utf8(key).expect("test keys are text"))
            .collect()
    }

    #[test]
    fn a_scan_sees_the_changes_of_the_step_in_key_order() {
        let state = overlay(
            &["a/1", "a/3", "a/5", "b/1"],
            &[("a/2", true), ("a/3", false), ("a/9", true), ("c", true)],
        );
        for max in [1, 2, 3, 4, 9] {
            let all = ["a/1", "a/2", "a/5", "a/9"];
            let found = keys(state.scan(b"a/", b"", max).expect("reads"));
            assert_eq!(found, all[..max.min(4)], "at most {max}");
        }
        let after = keys(state.scan(b"a/", b"a/2", 2).expect("reads"));
        assert_eq!(after, ["a/5", "a/9"]);
    }

    #[test]
    fn a_scan_goes_on_past_pages_that_the_step_removed() {
        let state = overlay(
            &["a/1", "a/2", "a/3", "a/4"],
            &[("a/1", false), ("a/2", false), ("a/3", false)],
        );
        assert_eq!(keys(state.scan(b"a/", b"", 1).expect("reads")), ["a/4"]);
    }

    #[test]
    fn a_get_sees_what_the_step_wrote_and_removed() {
        let state = overlay(&["a", "b"], &[("a", true), ("b", false)]);
        assert_eq!(state.get(b"a").expect("reads"), Some(b"new".to_vec()));
        assert_eq!(state.get(b"b").expect("reads"), None);
        assert_eq!(state.get(b"c").expect("reads"), None);
    }
}
