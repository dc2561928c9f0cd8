//! Reads a document on a thread that may block, and appends what comes of it.

use std::ops::ControlFlow;
use std::sync::Arc;

use mediamesh_domain::id::SourceId;
use mediamesh_domain::ingest::RawEntry;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::spawn_blocking;

use crate::source::entries::{Batch, Batches, Identity, Seen, Taken, Work};
use crate::source::error::IngestError;
use crate::source::input::Job;
use crate::source::report::RunReport;
use crate::source::state::{FetchState, Head, Mark};

use super::Ingest;
use super::paging::Pages;

/// What a run has come to.
pub(super) struct Run {
    pub(super) known: Arc<FetchState>,
    /// What the log has taken, whatever follows.
    marks: Vec<Mark>,
    /// What is as it was.
    unchanged: Vec<Mark>,
    familiar: u64,
    times: Vec<i64>,
    undated: usize,
}

/// Where the entries of a run's documents go.
pub(super) enum Destination<'r> {
    /// Into the log, as far as they are not known.
    Log(&'r mut Run),
    /// To who tries the source out, all of them.
    Trial(&'r mut Vec<RawEntry>),
}

impl Run {
    pub(super) fn new(known: Arc<FetchState>) -> Self {
        Self {
            known,
            marks: Vec::new(),
            unchanged: Vec::new(),
            familiar: 0,
            times: Vec::new(),
            undated: 0,
        }
    }
}

impl Ingest {
    /// Appends what is not known, and then remembers it.
    pub(super) async fn append(
        &self,
        job: &Job,
        work: Work,
        (known, mut head): (FetchState, Head),
        (mut pages, partial): (Option<Pages>, bool),
        report: &mut RunReport,
    ) -> Result<FetchState, IngestError> {
        let mut run = Run::new(Arc::new(known));
        let done = self
            .append_all(job, work, &mut run, &mut pages, &mut head, report)
            .await;
        if !run.marks.is_empty() {
            head.fetched_at = report.fetched_at.0;
        }
        match done {
            Ok(()) => {
                report.unchanged = report.entries_seen.saturating_sub(report.appended);
                let complete = pages.as_ref().map_or(!partial, |pages| pages.complete);
                report.complete = complete;
                let next = remembered(run, head, complete, report);
                Ok(next)
            }
            Err(error) => {
                // The next run has to see the whole document again.
                head.forget_validators();
                head.youtube_lists = run.known.head.youtube_lists.clone();
                let mut next = run.known.with_head(head);
                next.add(&run.marks);
                self.remember_failure(job.source_id, &run.known, next).await;
                Err(error)
            }
        }
    }

    /// Appends what the document has, and then what its older pages have.
    async fn append_all(
        &self,
        job: &Job,
        work: Work,
        run: &mut Run,
        pages: &mut Option<Pages>,
        head: &mut Head,
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let first = self.append_new(work, run, report).await?;
        let hints = &first.0.hints;
        head.ttl_s = hints.ttl_s;
        head.podcast_guid.clone_from(&hints.podcast_guid);
        if report.hub.is_none() {
            report.hub = hints.hub.clone().zip(hints.self_url.clone());
        }
        head.hub.clone_from(&report.hub);
        if let Some(pages) = pages {
            self.follow_pages(job, &mut Destination::Log(run), pages, first, report)
                .await?;
            head.unread_page = pages.unread(report);
            if head.unread_page.is_some() {
                head.forget_validators();
            }
        }
        Ok(())
    }

    /// Reads one document, or one page of it.
    pub(super) async fn read_into(
        &self,
        into: &mut Destination<'_>,
        work: Work,
        report: &mut RunReport,
    ) -> Result<(Seen, Taken), IngestError> {
        match into {
            Destination::Log(run) => self.append_new(work, run, report).await,
            Destination::Trial(entries) => {
                let source_url = work.source_url.clone();
                let (seen, taken, mut more) = self.collect(work).await?;
                report.saw(&seen, &source_url);
                entries.append(&mut more);
                Ok((seen, taken))
            }
        }
    }

    /// Appends batch by batch what one document has.
    async fn append_new(
        &self,
        work: Work,
        run: &mut Run,
        report: &mut RunReport,
    ) -> Result<(Seen, Taken), IngestError> {
        let (sender, mut receiver) = mpsc::channel(1);
        let source_url = work.source_url.clone();
        let batches = Batches::new(Arc::clone(&run.known), self.parts.codec.clone(), sender);
        let reader = self.reader().await?;
        let reading = spawn_blocking(move || {
            let _reader = reader;
            batches.of(&work)
        });
        let mut appended = Ok(());
        while let Some(batch) = receiver.recv().await {
            appended = self.append_batch(batch, report, &mut run.marks).await;
            if appended.is_err() {
                break;
            }
        }
        drop(receiver);
        let read = reading.await.map_err(|_| IngestError::Stopped)?;
        let (seen, mut taken) = appended.and(read)?;
        report.saw(&seen, &source_url);
        run.unchanged.append(&mut taken.unchanged);
        run.familiar += taken.familiar;
        run.times.append(&mut taken.times);
        run.undated += taken.undated;
        Ok((seen, taken))
    }

    async fn append_batch(
        &self,
        batch: Batch,
        report: &mut RunReport,
        marks: &mut Vec<Mark>,
    ) -> Result<(), IngestError> {
        let claimed = batch.objects.len() as u64;
        let records = batch.records.len() as u64;
        for (name, body) in batch.objects {
            self.parts.objects.put(&name, body).await?;
        }
        self.parts.log.append(batch.records).await?;
        marks.extend(batch.marks);
        report.claimed += claimed;
        report.appended += batch.entries;
        report.feed_appended |= records > batch.entries;
        Ok(())
    }

    /// All that a document has, none of it known.
    async fn collect(&self, work: Work) -> Result<(Seen, Taken, Vec<RawEntry>), IngestError> {
        self.reading(move || {
            let (mut taken, mut entries) = (Taken::default(), Vec::new());
            let seen = work.read(|found, common| {
                taken.keys.extend(found.key());
                entries.push(found.into_entry(common));
                ControlFlow::Continue(())
            })?;
            Ok((seen, taken, entries))
        })
        .await
    }

    /// By what a document is known again.
    pub(super) async fn identity(&self, work: Work) -> Result<Identity, IngestError> {
        self.reading(move || Identity::of(&work)).await
    }

    async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, IngestError> + Send + 'static,
    ) -> Result<T, IngestError> {
        let reader = self.reader().await?;
        let reading = spawn_blocking(move || {
            let _reader = reader;
            read()
        });
        reading.await.map_err(|_| IngestError::Stopped)?
    }

    /// Writes down what was seen, where that is something else than before.
    pub(super) async fn remember(
        &self,
        source: SourceId,
        before: &FetchState,
        now: FetchState,
    ) -> Result<(), IngestError> {
        if now != *before {
            now.save(&*self.parts.objects, source).await?;
        }
        Ok(())
    }

    /// Writes down what was seen before a run failed; that failure is the one to report.
    pub(super) async fn remember_failure(
        &self,
        source: SourceId,
        before: &FetchState,
        now: FetchState,
    ) {
        if let Err(error) = self.remember(source, before, now).await {
            tracing::warn!(source.id = %source, error.message = %error, "the state of a failed \
                run is not kept; its entries will be appended again");
        }
    }

    async fn reader(&self) -> Result<OwnedSemaphorePermit, IngestError> {
        let reader = Arc::clone(&self.readers).acquire_owned().await;
        reader.map_err(|_| IngestError::Stopped)
    }
}

/// What the next run must know: what is listed, and where much of what was known is not listed any
/// more, or older pages were not read, also what was known before.
fn remembered(mut run: Run, mut head: Head, complete: bool, report: &mut RunReport) -> FetchState {
    let before = run.known.entries() as u64;
    let now_s = report.fetched_at.0.div_euclid(1_000_000);
    if before > 0 {
        // Entries without a time appeared between the last run and this one.
        run.times.extend(std::iter::repeat_n(now_s, run.undated));
    }
    head.rhythm.note(run.times);
    report.entry_interval_s = head.rhythm.interval_s(now_s);
    let missing = before.saturating_sub(run.familiar);
    let new = report.entries_seen.saturating_sub(run.familiar);
    if complete {
        report.entries_missing = missing.saturating_sub(new);
    }
    run.marks.append(&mut run.unchanged);
    if complete && report.entries_missing * 2 <= before {
        return FetchState::new(head, run.marks);
    }
    let mut next = run.known.with_head(head);
    next.add(&run.marks);
    next
}
