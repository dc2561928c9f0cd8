//! What a run would find, without appending or remembering anything.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use mediamesh_domain::ingest::RawEntry;

use crate::source::entries::{Page, Seen, Taken};
use crate::source::error::IngestError;
use crate::source::input::{Input, Job};
use crate::source::report::RunReport;
use crate::source::state::FetchState;

use super::Ingest;
use super::fetching::Got;
use super::paging::{Pages, Paging};

/// Bytes of all pages of a trial together: its entries stand in memory.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The time after which a trial begins no further page: somebody waits for it.
const MAX_TIME: Duration = Duration::from_secs(15);

impl Ingest {
    /// What a run would find, with the further pages of a fetched feed, within bounds.
    ///
    /// # Errors
    /// [`IngestError`]; a further page that cannot be read is told in the report.
    pub async fn dry_run(
        &self,
        job: &Job,
        input: Input,
    ) -> Result<(RunReport, Vec<RawEntry>), IngestError> {
        let clock = &self.parts.clock;
        let mut report = RunReport::new(clock.run_id(), job.source_id, clock.now());
        let mut head = FetchState::default().head;
        let Got::Document(document) = self.get(job, input, &mut head, &mut report).await? else {
            // Nothing was asked conditionally.
            return Ok((report, Vec::new()));
        };
        let bounds = Paging {
            max_bytes: self.paging.max_bytes.min(MAX_BYTES),
            max_time: self.paging.max_time.min(MAX_TIME),
            ..self.paging
        };
        let pages = || Pages::new(bounds, job, &document.url, None);
        let pages = document.fetched.then(pages);
        report.complete = !document.partial;
        let work = self.work(job, document, &report);
        let (seen, taken, mut entries) = self.collect(work).await?;
        report.saw(&seen, &job.source.fields.url);
        if let Some(mut pages) = pages {
            self.try_pages(job, &mut pages, (seen, taken), &mut entries, &mut report)
                .await;
            report.complete = pages.complete;
        }
        Ok((report, entries))
    }

    /// Reads the pages that follow, as far as they can be read.
    async fn try_pages(
        &self,
        job: &Job,
        pages: &mut Pages,
        first: (Seen, Taken),
        entries: &mut Vec<RawEntry>,
        report: &mut RunReport,
    ) {
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
            match self.try_page(job, &url, page, report).await {
                Ok((more_seen, more_taken, mut more)) => {
                    report.saw(&more_seen, &job.source.fields.url);
                    entries.append(&mut more);
                    (seen, taken) = (more_seen, more_taken);
                }
                Err(error) => {
                    report.page_failed = Some(error.to_string());
                    break;
                }
            }
        }
    }

    async fn try_page(
        &self,
        job: &Job,
        url: &str,
        page: Page,
        report: &mut RunReport,
    ) -> Result<(Seen, Taken, Vec<RawEntry>), IngestError> {
        let document = self.page_at(job, url, report).await?;
        report.fetched_bytes += document.bytes.len() as u64;
        let mut work = self.work(job, document, report);
        work.page = Some(page);
        self.collect(work).await
    }
}
