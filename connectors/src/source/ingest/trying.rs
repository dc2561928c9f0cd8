//! What a run would find, without appending or remembering anything.

use std::time::Duration;

use mediamesh_domain::ingest::RawEntry;

use crate::source::error::IngestError;
use crate::source::input::{Input, Job};
use crate::source::report::RunReport;
use crate::source::state::{FetchState, Head};

use super::Ingest;
use super::appending::Destination;
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
        let (known, mut head) = (FetchState::default(), Head::default());
        let got = self.get(job, input, (&known, &mut head), &mut report);
        let Got::Document(document) = got.await? else {
            // Nothing was asked conditionally.
            return Ok((report, Vec::new()));
        };
        let bounds = Paging {
            max_bytes: self.paging.max_bytes.min(MAX_BYTES),
            max_time: self.paging.max_time.min(MAX_TIME),
            ..self.paging
        };
        let pages = || Pages::new(bounds, job, &document, None);
        let pages = document.fetched.then(pages);
        report.complete = !document.partial;
        let work = self.work(job, document, &report);
        let mut entries = Vec::new();
        let mut into = Destination::Trial(&mut entries);
        let first = self.read_into(&mut into, work, &mut report).await?;
        if let Some(mut pages) = pages {
            self.follow_pages(job, &mut into, &mut pages, first, &mut report)
                .await?;
            report.complete = pages.complete;
        }
        Ok((report, entries))
    }
}
