//! What a run did.

use std::collections::BTreeMap;

use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::RawFormat;
use mediamesh_domain::run::{FeedMove, QuotaUse, RunCompleted};
use mediamesh_domain::time::Timestamp;
use serde::Serialize;

use super::entries::Seen;
use super::error::IngestError;
use super::told;

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
    /// Where the feed says it will live (`itunes:new-feed-url`).
    pub announced_url: Option<String>,
    /// What was found of a move of the feed, and whether it is followed.
    pub moved: Option<FeedMove>,
    /// Whether the server was asked only for what has changed.
    pub conditional: bool,
    /// Seconds for which the answer stays fresh.
    pub max_age_s: Option<u64>,
    /// Seconds that the server asks to wait before the next request.
    pub retry_after_s: Option<u64>,
    /// Seconds for which the feed itself says it need not be asked (`ttl`, `sy:updatePeriod`).
    pub ttl_s: Option<u64>,
    /// Seconds between two new entries, on average over the last four weeks.
    pub entry_interval_s: Option<u64>,
    /// Entries that were listed before, and are neither listed now nor pushed out by new ones.
    /// Nothing is removed for that.
    pub entries_missing: u64,
    /// How many pages of a paged or archived feed were read.
    pub pages: u32,
    /// Whether the document was read with all its pages, to the end of the feed.
    pub complete: bool,
    /// Whether there are more pages than a run follows.
    pub pages_left: bool,
    /// Why the next page was not read; the next run tries it again.
    pub page_failed: Option<String>,
    /// The lowest number of an entry that has one (`itunes:episode`, `podcast:episode`).
    pub numbers_from: Option<i64>,
    /// The highest number.
    pub numbers_to: Option<i64>,
    /// The hub that tells of news, and what it calls the feed.
    pub hub: Option<(String, String)>,
    /// Seconds until the subscription at the hub has to be renewed; absent: there is none, and only
    /// polls find what is new.
    pub push_renew_s: Option<u64>,
    /// The entries without a guid.
    pub guids_missing: u64,
    /// The entries whose guid, or what stands for it, another one of the document has.
    pub guids_repeated: u64,
    /// The entries that were turned away for their shape before they were on the log.
    pub rejected: u64,
    /// What it took of a quota, where the source has one.
    pub quota: Option<QuotaUse>,
    /// The encoding of the document's text.
    pub encoding: Option<&'static str>,
    /// What was wrong with documents as a whole and has been mended, with how often.
    pub repairs: BTreeMap<&'static str, u64>,
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
            moved: None,
            conditional: false,
            ttl_s: None,
            entry_interval_s: None,
            entries_missing: 0,
            pages: 0,
            complete: false,
            pages_left: false,
            page_failed: None,
            numbers_from: None,
            numbers_to: None,
            hub: None,
            push_renew_s: None,
            guids_missing: 0,
            guids_repeated: 0,
            rejected: 0,
            quota: None,
            encoding: None,
            repairs: BTreeMap::new(),
        }
    }

    /// What it saw, as records and answers say it.
    #[must_use]
    pub fn seen(&self) -> RunCompleted {
        told::completed(self)
    }

    /// Whether what the document lists is all that is known to be there: a run that stopped at what is
    /// known says nothing of the rest.
    pub(super) fn whole(&self) -> bool {
        self.complete || self.pages_left
    }

    /// The lowest and the highest number, where the run has seen all that the feed lists, or as much
    /// as it may.
    pub(super) fn numbers(&self) -> Option<(i64, i64)> {
        let numbers = self.numbers_from.zip(self.numbers_to);
        numbers.filter(|_| self.whole())
    }

    /// Notes what a document is: the first one, or one more page.
    pub(super) fn saw(&mut self, seen: &Seen, source_url: &str) {
        if self.pages == 0 {
            self.format = Some(seen.format);
            self.title.clone_from(&seen.title);
            let announced = seen.hints.announced_url.clone();
            self.announced_url = announced.filter(|url| url != source_url);
            self.ttl_s = seen.hints.ttl_s;
        }
        self.pages += 1;
        self.encoding = self.encoding.or(Some(seen.encoding));
        for code in &seen.repairs {
            *self.repairs.entry(code).or_default() += 1;
        }
        self.entries_seen += seen.entries;
        self.guids_missing += seen.guids_missing;
        self.guids_repeated += seen.guids_repeated;
        if let Some((from, to)) = seen.numbers {
            self.numbers_from = Some(self.numbers_from.map_or(from, |known| known.min(from)));
            self.numbers_to = Some(self.numbers_to.map_or(to, |known| known.max(to)));
        }
    }
}

/// A run that failed, with what it found out before it did.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct FailedRun {
    /// Why.
    #[source]
    pub error: IngestError,
    /// What it found out; none where it did not begin.
    pub report: Option<Box<RunReport>>,
}

impl From<IngestError> for FailedRun {
    fn from(error: IngestError) -> Self {
        Self {
            error,
            report: None,
        }
    }
}
