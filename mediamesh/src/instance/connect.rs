//! The write API's way to the connectors: trying a source out, pushing entries, and reading lists of feeds.

use crate::preview::{self, Wish, trial};
use async_trait::async_trait;
use mediamesh_api_write::PollError;
use mediamesh_api_write::connect::{
    Becomes, FeedList, ListError, ListedFeed, Push, PushAnswer, PushEntries, PushError, Pushed,
    PushedBody, ReadLists, TrialWish, TrySource,
};
use mediamesh_connectors::feed::{Document, ParseError, opml};
use mediamesh_connectors::opml::{Fate, Planned, plan};
use mediamesh_connectors::source::{self, Ingest, Job};
use mediamesh_domain::model::SourcePolicies;
use mediamesh_domain::run::Trial;
use mediamesh_ports::control::Control;
use mediamesh_ports::state_store::ReadState;
use std::sync::Arc;

/// The connectors of this process.
pub(super) struct Connect {
    pub(super) ingest: Arc<Ingest>,
    pub(super) control: Arc<dyn Control>,
    pub(super) state: Arc<dyn ReadState>,
}

#[async_trait]
impl TrySource for Connect {
    async fn try_source(&self, wish: TrialWish) -> Result<Trial, PollError> {
        let sources = &self.control.current().sources;
        let wish = Wish {
            known: sources.contains_key(&wish.source_id),
            source_id: wish.source_id,
            source: wish.source,
            content: wish.content,
            limit: wish.limit,
            with_fields: wish.with_fields,
        };
        let tried = trial(&self.ingest, Some(Arc::clone(&self.state)), wish).await;
        tried.map_err(|error| PollError::Failed {
            message: error.to_string(),
            code: match &error {
                preview::Error::Ingest(error) => error.code(),
                preview::Error::State(_) => "state_unreadable",
            },
            retry_after: match &error {
                preview::Error::Ingest(error) => error.retry_after(),
                preview::Error::State(_) => None,
            },
        })
    }
}

#[async_trait]
impl PushEntries for Connect {
    async fn push(&self, push: Push) -> Result<PushAnswer, PushError> {
        let job = Job::of(&self.control.current(), push.source_id);
        let mut job = job.ok_or(PushError::NoSource)?;
        job.correlation_id = Some(push.correlation_id);
        let push = source::Push {
            run_id: push.run_id,
            payload_hash: push.payload_hash,
            entries: push.entries.into_iter().map(pushed).collect(),
            rejected: push.rejected,
        };
        match self.ingest.push(&job, push).await {
            Ok((_, turned)) => Ok(PushAnswer {
                rejected: turned.into_iter().collect(),
            }),
            Err(source::PushError::KeyReused) => Err(PushError::KeyReused),
            Err(source::PushError::Ingest(error)) => Err(PushError::Away(error.to_string())),
        }
    }
}

#[async_trait]
impl ReadLists for Connect {
    async fn read_list(
        &self,
        list: Vec<u8>,
        policies: SourcePolicies,
    ) -> Result<FeedList, ListError> {
        let (limits, control) = (*self.ingest.limits(), self.control.current());
        // Off the async threads: a list may be long.
        let read = tokio::task::spawn_blocking(move || {
            let document = Document::decode(&list, None, &limits)?;
            let list = opml::read(&document, &limits)?;
            let planned = plan(&list, &control).into_iter();
            Ok(FeedList {
                title: list.title,
                outlines: planned.map(|one| listed(one, policies)).collect(),
            })
        });
        let read: Result<FeedList, ParseError> = read.await.map_err(|_| ListError {
            code: "feed.stopped",
            message: "the reading of the list ended without an answer".to_owned(),
        })?;
        read.map_err(|error| ListError {
            code: error.code(),
            message: error.to_string(),
        })
    }
}

/// An outline, and the source to make of it where it is a new one.
fn listed(planned: Planned, policies: SourcePolicies) -> ListedFeed {
    let reason = planned.reason.clone().unwrap_or_default();
    let becomes = match (planned.fate, planned.source_id) {
        (Fate::New, Some(id)) => Becomes::New(id, Box::new(planned.source(policies))),
        (Fate::There, Some(id)) => Becomes::There(id),
        (Fate::Repeated, _) => Becomes::Repeated(reason),
        _ => Becomes::Refused(reason),
    };
    ListedFeed {
        line: planned.line,
        name: planned.name,
        url: planned.url,
        becomes,
    }
}

fn pushed(entry: Pushed) -> source::Pushed {
    let (of_program, value) = match entry.body {
        PushedBody::Program(value) => (true, value),
        PushedBody::Entry(value) => (false, value),
    };
    source::Pushed {
        index: entry.index,
        format: entry.format,
        feed: entry.feed,
        of_program,
        value,
    }
}
