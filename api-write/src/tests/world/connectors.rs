//! Connectors that answer by the name of the source.

use super::World;
use crate::connect::{
    Becomes, FeedList, ListError, ListedFeed, Push, PushAnswer, PushEntries, PushError, Pushed,
    PushedBody, ReadLists, TrialWish, TrySource,
};
use crate::{PollError, PollNow, Polled};
use async_trait::async_trait;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::model::{SourceFields, SourcePolicies};
use mediamesh_domain::run::{RunCompleted, RunCounts, Trial};
use mediamesh_domain::verdict::Finding;
use mediamesh_ports::control::Control;
use std::time::Duration;
use uuid::Uuid;

#[async_trait]
impl PollNow for World {
    async fn poll(&self, source: SourceId, _: Option<String>) -> Result<Polled, PollError> {
        let name = self.current_name(source);
        match name.as_str() {
            "busy" => Err(PollError::Busy),
            "slow" => std::future::pending().await,
            "broken" => Err(PollError::Failed {
                code: "fetch_refused",
                message: "the server answers 500".to_owned(),
                retry_after: Some(Duration::from_secs(9)),
            }),
            _ => Ok(Polled {
                run_id: RunId(Uuid::nil()),
                not_modified: false,
                entries_seen: 3,
                appended: 2,
                unchanged: 1,
            }),
        }
    }
}

#[async_trait]
impl TrySource for World {
    async fn try_source(&self, wish: TrialWish) -> Result<Trial, PollError> {
        let trial = Trial {
            source_id: wish.source_id,
            known: self.lock().control.sources.contains_key(&wish.source_id),
            format: Some("rss".to_owned()),
            title: Some(wish.source.url.clone()),
            counts: RunCounts::default(),
            entries: Vec::new(),
            left_out: 0,
            seen: RunCompleted::default(),
            notes: Vec::new(),
        };
        self.lock().tried.push(wish);
        Ok(trial)
    }
}

#[async_trait]
impl PushEntries for World {
    async fn push(&self, push: Push) -> Result<PushAnswer, PushError> {
        let is_wrong = |entry: &&Pushed| match &entry.body {
            PushedBody::Program(value) | PushedBody::Entry(value) => !value.is_object(),
        };
        let wrong = push.entries.iter().filter(is_wrong);
        let turned = |entry: &Pushed| {
            let pointer = format!("/{}/entry", entry.index);
            let finding = Finding::new(pointer, "wrong_shape", "it is a JSON object");
            (entry.index, finding)
        };
        let rejected = wrong.map(turned).collect();
        self.lock().pushed.push(push);
        Ok(PushAnswer { rejected })
    }
}

/// Reads a line as the address of a feed, one that begins with `!` as something else.
#[async_trait]
impl ReadLists for World {
    async fn read_list(
        &self,
        list: Vec<u8>,
        policies: SourcePolicies,
    ) -> Result<FeedList, ListError> {
        let text = String::from_utf8(list).unwrap();
        if text.starts_with('{') {
            return Err(ListError {
                code: "feed.ill_formed",
                message: "line 1: JSON".to_owned(),
            });
        }
        let there = &Control::current(self).sources;
        let mut outlines: Vec<ListedFeed> = Vec::new();
        for (line, url) in (1..).zip(text.lines()) {
            let id = SourceId::of_address(url);
            let first = outlines.iter().find(|one| one.url == url);
            let becomes = match first {
                Some(first) => Becomes::Repeated(format!("line {} has it", first.line)),
                None if url.starts_with('!') => Becomes::Refused("no address".to_owned()),
                None if there.contains_key(&id) => Becomes::There(id),
                None => {
                    let fields = SourceFields {
                        name: url.to_owned(),
                        url: url.to_owned(),
                        policies,
                        ..SourceFields::default()
                    };
                    Becomes::New(id, Box::new(fields))
                }
            };
            outlines.push(ListedFeed {
                line,
                name: url.to_owned(),
                url: url.to_owned(),
                becomes,
            });
        }
        Ok(FeedList {
            title: None,
            outlines,
        })
    }
}

impl World {
    fn current_name(&self, source: SourceId) -> String {
        self.lock().control.sources[&source].fields.name.clone()
    }
}
