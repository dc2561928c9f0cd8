//! Goes on to the older pages of a paged or archived feed, within bounds.
//!
//! A run stops at a page all of whose entries are known: what follows was read before. What was not
//! read for a failure is remembered and read by the next run.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::source::entries::{Page, Seen, Taken};
use crate::source::error::IngestError;
use crate::source::input::Job;
use crate::source::report::RunReport;
use crate::source::youtube::Lists;

use super::Ingest;
use super::appending::Destination;
use super::fetching::{Document, same_origin};

/// How far a run follows a feed's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How many pages, the first one among them, of a source that names no number.
    pub max_pages: u32,
    /// Bytes of all pages together.
    pub max_bytes: u64,
    /// The time after which no further page is begun.
    pub max_time: Duration,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            max_pages: 20,
            max_bytes: 60 * 1024 * 1024,
            max_time: Duration::from_secs(120),
        }
    }
}

/// The pages of one run.
pub(super) struct Pages {
    bounds: Paging,
    began: Instant,
    visited: HashSet<String>,
    /// Where the last run did not come to.
    unread: Option<String>,
    next: Option<String>,
    /// Of YouTube: what is in the playlists that rules name.
    lists: Arc<Lists>,
    /// Whether all pages were read to the end of the feed.
    pub(super) complete: bool,
}

impl Pages {
    pub(super) fn new(bounds: Paging, job: &Job, at: &Document, unread: Option<String>) -> Self {
        let own = job.source.fields.max_pages;
        let own = own.and_then(|pages| u32::try_from(pages).ok());
        Self {
            bounds: Paging {
                max_pages: own.unwrap_or(bounds.max_pages),
                ..bounds
            },
            began: Instant::now(),
            visited: [at.url.clone(), job.source.fields.url.clone()].into(),
            unread,
            next: None,
            lists: at.youtube.clone().unwrap_or_default(),
            complete: true,
        }
    }

    /// Notes a page; true where there is another one to read.
    pub(super) fn after(&mut self, seen: &Seen, taken: &Taken, report: &mut RunReport) -> bool {
        let next = seen.hints.next_page.clone();
        let entries = taken.keys.len() as u64;
        let known = entries == 0 || taken.familiar >= entries;
        self.complete = next.is_none();
        let next = match (next, known) {
            (Some(next), false) => Some(next),
            (Some(_), true) => self.unread.take(),
            (None, _) => None,
        };
        let new = |next: &String| self.visited.insert(next.clone());
        self.next = next.filter(new);
        let over = report.pages >= self.bounds.max_pages
            || report.fetched_bytes >= self.bounds.max_bytes
            || self.began.elapsed() >= self.bounds.max_time;
        report.pages_left = over && self.next.is_some();
        self.next.is_some() && !over
    }

    /// The page to read next.
    pub(super) fn next(&self) -> Option<String> {
        self.next.clone()
    }

    /// Where no run has come to.
    pub(super) fn unread(&mut self, report: &RunReport) -> Option<String> {
        match report.page_failed.is_some() {
            true => self.next.take(),
            false => self.unread.take(),
        }
    }
}

impl Ingest {
    /// Reads the pages that follow, as far as they can be read.
    pub(super) async fn follow_pages(
        &self,
        job: &Job,
        into: &mut Destination<'_>,
        pages: &mut Pages,
        first: (Seen, Taken),
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let (mut seen, mut taken) = first;
        let context = seen.context.clone();
        let mut earlier = HashSet::new();
        while pages.after(&seen, &taken, report) {
            let Some(url) = pages.next() else {
                break;
            };
            earlier.extend(taken.keys.iter().copied());
            let page = Page {
                start: report.entries_seen,
                earlier: Arc::new(earlier.clone()),
                context: context.clone(),
            };
            let document = self.page_at(job, &url, &pages.lists, report).await;
            let read = match document {
                Ok(document) => self.read_page(job, document, page, into, report).await,
                Err(error) => Err(error),
            };
            (seen, taken) = match read {
                Ok(read) => read,
                // The stores do not take anything: no page will go better.
                Err(error @ (IngestError::Log(_) | IngestError::Objects(_))) => return Err(error),
                Err(error) => {
                    report.page_failed = Some(error.to_string());
                    break;
                }
            };
        }
        Ok(())
    }

    /// The page of a source's feed at an address that an earlier page named.
    async fn page_at(
        &self,
        job: &Job,
        url: &str,
        lists: &Arc<Lists>,
        report: &mut RunReport,
    ) -> Result<Document, IngestError> {
        if Self::asks_youtube(job) {
            return self.youtube_page(job, url, lists, report).await;
        }
        let fields = &job.source.fields;
        if fields.secret_name.is_some() && !same_origin(&fields.url, url) {
            return Err(IngestError::OtherOrigin);
        }
        let named_by = report.moved_to.as_deref().unwrap_or(&fields.url);
        self.fetch_named(job, url, named_by).await
    }

    async fn read_page(
        &self,
        job: &Job,
        document: Document,
        page: Page,
        into: &mut Destination<'_>,
        report: &mut RunReport,
    ) -> Result<(Seen, Taken), IngestError> {
        report.fetched_bytes += document.bytes.len() as u64;
        let mut work = self.work(job, document, report);
        work.page = Some(page);
        self.read_into(into, work, report).await
    }
}
