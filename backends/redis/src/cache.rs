//! The second-level cache.
//!
//! A value in Redis is its `seq` in twenty digits, `+` and the bytes; a removal is its `seq` and `-`. One script
//! compares and sets, so that processes cannot overtake each other. Keys carry the version of the values' shape.

use crate::server::Server;
use async_trait::async_trait;
use bytes::Bytes;
use mediamesh_domain::position::Seq;
use mediamesh_ports::cache::{Cache, Cached, LONGEST, REMOVAL};
use redis::Script;
use std::sync::Arc;
use std::time::Duration;

/// The digits of a `seq`, and what says whether there is a value.
const HEAD: usize = 21;

/// A cache that processes share. Any failure is a miss.
pub struct SharedCache {
    server: Arc<Server>,
    prefix: String,
    hold: Script,
}

impl SharedCache {
    pub(crate) fn new(server: Arc<Server>, version: &str) -> Self {
        let prefix = format!("{}cache:{version}:", server.settings.prefix);
        Self {
            server,
            prefix,
            hold: Script::new(include_str!("cache/hold.lua")),
        }
    }

    /// Holds an entry unless a newer one is held; whether it does. Who cannot ask takes it for news.
    async fn hold(&self, purpose: &'static str, key: &str, entry: &[u8], ttl: Duration) -> bool {
        let mut call = self.hold.key(format!("{}{key}", self.prefix));
        let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        call.arg(entry).arg(ttl.max(1));
        let mut connection = self.server.connection();
        let held = call.invoke_async::<bool>(&mut connection);
        let deadline = self.server.settings.deadline;
        let held = self.server.call(purpose, deadline, held).await;
        held.unwrap_or(true)
    }
}

#[async_trait]
impl Cache for SharedCache {
    async fn get(&self, key: &str) -> Option<Cached> {
        let mut get = redis::cmd("GET");
        get.arg(format!("{}{key}", self.prefix));
        let mut connection = self.server.connection();
        let got = get.query_async::<Option<Bytes>>(&mut connection);
        let deadline = self.server.settings.deadline;
        let got = self.server.call("cache_get", deadline, got).await;
        let failed = got.is_err();
        let found = got.ok().flatten().and_then(read);
        let outcome = match &found {
            Some(_) => "hit",
            None if failed => "failed",
            None => "miss",
        };
        let labels = [("level", "redis"), ("outcome", outcome)];
        metrics::counter!("mediamesh_cache_gets_total", &labels).increment(1);
        found
    }

    async fn put(&self, key: &str, value: Cached, ttl: Duration) -> bool {
        let mut entry = Vec::with_capacity(HEAD + value.bytes.len());
        entry.extend_from_slice(head(value.seq, '+').as_bytes());
        entry.extend_from_slice(&value.bytes);
        self.hold("cache_put", key, &entry, ttl.min(LONGEST)).await
    }

    async fn remove(&self, key: &str, seq: Seq) {
        let entry = head(seq, '-');
        self.hold("cache_remove", key, entry.as_bytes(), REMOVAL)
            .await;
    }
}

fn head(seq: Seq, mark: char) -> String {
    format!("{:020}{mark}", seq.0.max(0))
}

/// The value of an entry; none for a removal, or for what is no entry of ours.
fn read(entry: Bytes) -> Option<Cached> {
    let (head, bytes) = entry.split_at_checked(HEAD)?;
    let (digits, mark) = head.split_at(HEAD - 1);
    let seq = str::from_utf8(digits).ok()?.parse().ok()?;
    (mark == b"+").then(|| Cached {
        seq: Seq(seq),
        bytes: entry.slice_ref(bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written_and_nothing_else_is() {
        let entry = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        let value = read(entry(&format!(
            "{}+text",
            head(Seq(7), '+').trim_end_matches('+')
        )));
        let value = value.unwrap();
        assert_eq!((value.seq, &value.bytes[..]), (Seq(7), &b"text"[..]));
        assert!(read(entry(&head(Seq(i64::MAX), '+'))).is_some());
        for other in ["", "text", &head(Seq(7), '-'), "0000000000000000000x+text"] {
            assert_eq!(read(entry(other)), None, "{other}");
        }
    }
}
