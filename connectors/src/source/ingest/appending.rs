//! Reads a document on a thread that may block, and appends what comes of it.

use std::ops::ControlFlow;
use std::sync::Arc;

use mediamesh_domain::id::SourceId;
use mediamesh_domain::ingest::RawEntry;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::spawn_blocking;

use crate::source::entries::{Batch, Batches, Seen, Work};
use crate::source::error::IngestError;
use crate::source::report::RunReport;
use crate::source::state::{FetchState, Head, Mark};

use super::Ingest;

impl Ingest {
    /// Appends what `known` has not, and then remembers it.
    pub(super) async fn append(
        &self,
        work: Work,
        known: Arc<FetchState>,
        mut head: Head,
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let source = work.source_id;
        let source_url = work.source_url.clone();
        let mut marks = Vec::new();
        let done = self.append_new(work, &known, report, &mut marks).await;
        if !marks.is_empty() {
            head.fetched_at = report.fetched_at.0;
        }
        match done {
            Ok((seen, unchanged)) => {
                report.saw(seen, &source_url);
                report.unchanged = report.entries_seen.saturating_sub(report.appended);
                marks.extend(unchanged);
                self.remember(source, &known, FetchState::new(head, marks))
                    .await
            }
            Err(error) => {
                // The next run has to see the whole document again.
                head.forget_validators();
                let mut next = known.with_head(head);
                next.add(&marks);
                self.remember_failure(source, &known, next).await;
                Err(error)
            }
        }
    }

    /// Appends batch by batch; `marks` gets what the log has taken, whatever follows.
    async fn append_new(
        &self,
        work: Work,
        known: &Arc<FetchState>,
        report: &mut RunReport,
        marks: &mut Vec<Mark>,
    ) -> Result<(Seen, Vec<Mark>), IngestError> {
        let (sender, mut receiver) = mpsc::channel(1);
        let batches = Batches::new(Arc::clone(known), self.parts.codec.clone(), sender);
        let reader = self.reader().await?;
        let reading = spawn_blocking(move || {
            let _reader = reader;
            batches.of(&work)
        });
        let mut appended = Ok(());
        while let Some(batch) = receiver.recv().await {
            appended = self.append_batch(batch, report, marks).await;
            if appended.is_err() {
                break;
            }
        }
        drop(receiver);
        let read = reading.await.map_err(|_| IngestError::Stopped)?;
        appended.and(read)
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

    /// All that a document has.
    pub(super) async fn collect(&self, work: Work) -> Result<(Seen, Vec<RawEntry>), IngestError> {
        let reader = self.reader().await?;
        let reading = spawn_blocking(move || {
            let _reader = reader;
            let mut entries = Vec::new();
            let seen = work.read(|found, common| {
                entries.push(found.into_entry(common));
                ControlFlow::Continue(())
            })?;
            Ok((seen, entries))
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
