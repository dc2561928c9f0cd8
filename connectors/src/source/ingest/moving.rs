//! Looks whether a feed that says it moved is there: nothing is followed unseen.

use mediamesh_domain::repair::url::canonical_feed;
use mediamesh_domain::run::{FeedMove, MoveOutcome, MovedBy};

use crate::source::entries::Identity;
use crate::source::error::IngestError;
use crate::source::input::Job;
use crate::source::report::RunReport;
use crate::source::state::FetchState;

use super::Ingest;
use super::fetching::{Document, same_origin};

/// How long an announced address that was looked at in vain is left alone: a day, in microseconds.
const LOOK_AGAIN: i64 = 24 * 3600 * 1_000_000;

impl Ingest {
    /// Refuses a document behind a permanent redirect that is another feed than the known one.
    pub(super) async fn check_redirect(
        &self,
        job: &Job,
        document: &Document,
        known: &FetchState,
        report: &mut RunReport,
    ) -> Result<(), IngestError> {
        let moved = report.moved.as_mut();
        let Some(moved) = moved.filter(|found| found.outcome == MoveOutcome::Confirmed) else {
            return Ok(());
        };
        if known.is_empty() || known.head.moved_url.as_ref() == Some(&moved.to) {
            return Ok(());
        }
        let to = moved.to.clone();
        if self.identify(job, document, report).await?.is_of(known) {
            return Ok(());
        }
        let moved = FeedMove::new(&to, MovedBy::Redirect, MoveOutcome::OtherFeed);
        report.moved = Some(moved);
        Err(IngestError::OtherFeed { to })
    }

    /// Looks at the address that the feed announces, and notes what is there.
    pub(super) async fn check_announced(
        &self,
        job: &Job,
        state: &mut FetchState,
        report: &mut RunReport,
    ) {
        let fields = &job.source.fields;
        let Some(announced) = report.announced_url.clone() else {
            return;
        };
        let to = canonical_feed(&announced).unwrap_or(announced);
        if report.moved.is_some() || canonical_feed(&fields.url).as_ref() == Some(&to) {
            return;
        }
        let now = report.fetched_at.0;
        let refused = state.head.refused_move.as_ref();
        if refused.is_some_and(|(url, at)| *url == to && now - at < LOOK_AGAIN) {
            return;
        }
        let outcome = if fields.moved_from.contains(&to) {
            MoveOutcome::Loop
        } else if fields.secret_name.is_some() && !same_origin(&fields.url, &to) {
            MoveOutcome::OtherOrigin
        } else {
            self.look_at(job, &to, state, report).await
        };
        if outcome != MoveOutcome::Confirmed {
            state.head.refused_move = Some((to.clone(), now));
        }
        report.moved = Some(FeedMove::new(&to, MovedBy::NewFeedUrl, outcome));
    }

    async fn look_at(
        &self,
        job: &Job,
        to: &str,
        state: &FetchState,
        report: &RunReport,
    ) -> MoveOutcome {
        let Ok(document) = self.fetch_named(job, to, &job.source.fields.url).await else {
            return MoveOutcome::Unreadable;
        };
        match self.identify(job, &document, report).await {
            Ok(identity) if identity.is_of(state) => MoveOutcome::Confirmed,
            Ok(_) => MoveOutcome::OtherFeed,
            Err(_) => MoveOutcome::Unreadable,
        }
    }

    async fn identify(
        &self,
        job: &Job,
        document: &Document,
        report: &RunReport,
    ) -> Result<Identity, IngestError> {
        let copy = Document {
            bytes: document.bytes.clone(),
            content_type: document.content_type.clone(),
            url: document.url.clone(),
            fetched: document.fetched,
            partial: document.partial,
            youtube: document.youtube.clone(),
        };
        self.identity(self.work(job, copy, report)).await
    }
}
