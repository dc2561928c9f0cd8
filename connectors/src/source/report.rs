//! What a run did.

use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::RawFormat;
use mediamesh_domain::time::Timestamp;
use serde::Serialize;

use super::entries::Seen;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// The run.
    pub run_id: RunId,
    /// The source.
    pub source_id: SourceId,
    /// When it was fetched; every record of the run carries it.
    pub fetched_at: Timestamp,
    /// The bytes that came, decompressed; 0 where the answer was "not modified".
    pub fetched_bytes: u64,
    /// Whether the server said that nothing has changed.
    pub not_modified: bool,
    /// What kind of document came.
    pub format: Option<RawFormat>,
    /// The feed's title.
    pub title: Option<String>,
    /// The entries in the document.
    pub entries_seen: u64,
    /// The entries appended: new or changed ones.
    pub appended: u64,
    /// The entries that are as the last run saw them.
    pub unchanged: u64,
    /// Whether the feed itself was appended: it is new or changed.
    pub feed_appended: bool,
    /// The appended bodies that went to the object store for their size.
    pub claimed: u64,
    /// Where the feed moved for good, as the server says.
    pub moved_to: Option<String>,
    /// Where the feed says it will live (`itunes:new-feed-url`); nothing follows it by itself.
    pub announced_url: Option<String>,
    /// Seconds for which the answer stays fresh.
    pub max_age_s: Option<u64>,
    /// Seconds that the server asks to wait before the next request.
    pub retry_after_s: Option<u64>,
    /// Whether the request was conditional: it named what the last answer gave.
    pub conditional: bool,
    /// The entries without a guid.
    pub guids_missing: u64,
    /// The entries whose guid, or what stands for it, another one of the document has.
    pub guids_repeated: u64,
    /// The highest number that an entry gives itself.
    pub numbered_to: Option<i64>,
    /// The entries that were turned away for their shape before they were on the log.
    pub rejected: u64,
}

impl RunReport {
    pub(crate) fn new(run_id: RunId, source_id: SourceId, fetched_at: Timestamp) -> Self {
        Self {
            run_id,
            source_id,
            fetched_at,
            fetched_bytes: 0,
            not_modified: false,
            format: None,
            title: None,
            entries_seen: 0,
            appended: 0,
            unchanged: 0,
            feed_appended: false,
            claimed: 0,
            moved_to: None,
            announced_url: None,
            max_age_s: None,
            retry_after_s: None,
            conditional: false,
            guids_missing: 0,
            guids_repeated: 0,
            numbered_to: None,
            rejected: 0,
        }
    }

    /// Notes what the document is.
    pub(super) fn saw(&mut self, seen: Seen, source_url: &str) {
        self.format = Some(seen.format);
        self.title = seen.title;
        self.entries_seen = seen.entries;
        self.guids_missing = seen.guids_missing;
        self.guids_repeated = seen.guids_repeated;
        self.numbered_to = seen.numbered_to;
        self.announced_url = seen.announced_url.filter(|url| url != source_url);
    }
}
