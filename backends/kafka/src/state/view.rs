//! A partition's state as its member sees it: the local copy, with what the transaction under way changes over it.

use super::damaged;
use fjall::Keyspace;
use mediamesh_ports::event_log::Error;
use mediamesh_ports::state_store::{KeyValue, StateChange, StateRead};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The changes of a transaction under way, the last of each key.
#[derive(Default)]
pub(crate) struct Staged(RwLock<Changes>);

impl Staged {
    pub(crate) fn stage(&self, changes: &[StateChange]) {
        let mut staged = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            staged.insert(change.key.clone(), change.value.clone());
        }
    }

    /// They are in the copy now, or void.
    pub(crate) fn clear(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// All of them, in key order.
    pub(crate) fn changes(&self) -> Vec<StateChange> {
        let staged = self.read();
        let changes = staged.iter().map(|(key, value)| StateChange {
            key: key.clone(),
            value: value.clone(),
        });
        changes.collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Changes> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One partition's state.
pub(crate) struct PartitionState {
    pub(crate) copy: Keyspace,
    /// None for those who only look: they see what is committed.
    pub(crate) staged: Option<Arc<Staged>>,
}

impl StateRead for PartitionState {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if let Some(staged) = &self.staged
            && let Some(value) = staged.read().get(key)
        {
            return Ok(value.clone());
        }
        let value = self.copy.get(key).map_err(damaged)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(&self, prefix: &[u8], after: &[u8], max: usize) -> Result<Vec<KeyValue>, Error> {
        let low = if after.is_empty() || after < prefix {
            Bound::Included(prefix.to_vec())
        } else {
            Bound::Excluded(after.to_vec())
        };
        // Held to the end: a commit that moves changes into the copy meanwhile would show them twice or not at all.
        let staged = self.staged.as_ref().map(|staged| staged.read());
        let mut changed = staged
            .as_ref()
            .map(|staged| staged.range((low.clone(), Bound::Unbounded)))
            .into_iter()
            .flatten()
            .take_while(|(key, _)| key.starts_with(prefix))
            .peekable();
        let mut copied = self.copied(prefix, low).peekable();
        let mut found = Vec::new();
        while found.len() < max {
            let next = match (copied.peek(), changed.peek()) {
                (None, None) => break,
                (Some(Err(error)), _) => return Err(error.clone()),
                (Some(Ok((key, _))), Some((changed, _))) if key >= *changed => {
                    // What was changed stands for what was copied.
                    if key == *changed {
                        copied.next();
                    }
                    None
                }
                (None, Some(_)) => None,
                (Some(Ok(_)), _) => copied.next().transpose()?,
            };
            match next {
                Some(pair) => found.push(pair),
                None => {
                    if let Some((key, Some(value))) = changed.next() {
                        found.push((key.clone(), value.clone()));
                    }
                }
            }
        }
        Ok(found)
    }
}

impl PartitionState {
    fn copied<'a>(
        &self,
        prefix: &'a [u8],
        low: Bound<Vec<u8>>,
    ) -> impl Iterator<Item = Result<KeyValue, Error>> + use<'a> {
        self.copy
            .range((low, Bound::Unbounded))
            .map(|guard| {
                let (key, value) = guard.into_inner().map_err(damaged)?;
                Ok((key.to_vec(), value.to_vec()))
            })
            .take_while(move |pair| match pair {
                Ok((key, _)) => key.starts_with(prefix),
                Err(_) => true,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjall::{Database, KeyspaceCreateOptions};

    fn state(copied: &[&str], changes: &[(&str, bool)]) -> (PartitionState, tempfile::TempDir) {
        let dir = tempfile::tempdir().expect("a directory");
        let db = Database::builder(dir.path()).open().expect("opens");
        let copy = db
            .keyspace("state", KeyspaceCreateOptions::default)
            .expect("a keyspace");
        for key in copied {
            copy.insert(*key, "old").expect("inserts");
        }
        let staged = Staged::default();
        let changes = changes.iter().map(|(key, put)| StateChange {
            key: key.as_bytes().to_vec(),
            value: put.then(|| b"new".to_vec()),
        });
        staged.stage(&changes.collect::<Vec<_>>());
        let staged = Some(Arc::new(staged));
        (PartitionState { copy, staged }, dir)
    }

    fn keys(state: &PartitionState, prefix: &str, after: &str, max: usize) -> Vec<String> {
        let found = state.scan(prefix.as_bytes(), after.as_bytes(), max);
        let keys = found.expect("scans").into_iter();
        keys.map(|(key, value)| {
            let text = |bytes| String::from_utf8(bytes).expect("text");
            format!("{}={}", text(key), text(value))
        })
        .collect()
    }

    #[test]
    fn a_scan_sees_what_is_staged_over_what_is_copied() {
        let (state, _dir) = state(
            &["a/1", "a/3", "a/5", "a/7", "b/1"],
            &[
                ("a/0", true),
                ("a/3", false),
                ("a/5", true),
                ("a/9", true),
                ("c", true),
            ],
        );
        let all = ["a/0=new", "a/1=old", "a/5=new", "a/7=old", "a/9=new"];
        for max in 1..=6 {
            assert_eq!(
                keys(&state, "a/", "", max),
                all[..max.min(5)],
                "at most {max}"
            );
        }
        assert_eq!(keys(&state, "a/", "a/5", 9), ["a/7=old", "a/9=new"]);
        assert_eq!(keys(&state, "a/", "a/4", 1), ["a/5=new"]);
        assert_eq!(keys(&state, "d", "", 9), [""; 0]);
    }

    #[test]
    fn a_get_sees_what_is_staged_until_it_is_void() {
        let (state, _dir) = state(&["a", "b"], &[("a", true), ("b", false)]);
        assert_eq!(state.get(b"a").expect("gets"), Some(b"new".to_vec()));
        assert_eq!(state.get(b"b").expect("gets"), None);
        state.staged.as_ref().expect("staged").clear();
        assert_eq!(state.get(b"a").expect("gets"), Some(b"old".to_vec()));
        assert_eq!(state.get(b"b").expect("gets"), Some(b"old".to_vec()));
    }
}
