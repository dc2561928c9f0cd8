//! By what a feed is known again at another address.

use std::ops::ControlFlow;

use crate::source::error::IngestError;
use crate::source::state::{FEED, FetchState};

use super::Work;

/// By what a feed is known again.
#[derive(Debug)]
pub(in crate::source) struct Identity {
    podcast_guid: Option<String>,
    keys: Vec<[u8; 16]>,
}

impl Identity {
    /// That of a document.
    pub(in crate::source) fn of(work: &Work) -> Result<Self, IngestError> {
        let mut keys = Vec::new();
        let seen = work.read(|found, _| {
            keys.extend((found.mark.key != FEED).then_some(found.mark.key));
            ControlFlow::Continue(())
        })?;
        Ok(Self {
            podcast_guid: seen.hints.podcast_guid,
            keys,
        })
    }

    /// Whether it is the feed that is known: by its own guid, or by an entry in common.
    pub(in crate::source) fn is_of(&self, known: &FetchState) -> bool {
        let guid = &known.head.podcast_guid;
        (guid.is_some() && *guid == self.podcast_guid)
            || self.keys.iter().any(|key| known.knows_key(key))
    }
}
