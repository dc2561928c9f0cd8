//! What a run is about, and where its bytes come from.

use bytes::Bytes;
use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::position::Seq;
use mediamesh_domain::run::RunTrigger;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::feed::{Limits, ParseError};

use super::error::IngestError;

/// What a run is about: a source as `control.events` had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The source's id.
    pub source_id: SourceId,
    /// The source.
    pub source: SourceEntry,
    /// The `seq` on `control.events` up to which the source is known; records carry it.
    pub source_seq: Seq,
    /// Ties log lines, records and answers of one request together; absent: the run's id does.
    pub correlation_id: Option<String>,
}

impl Job {
    /// A run of one of the sources in `control`.
    #[must_use]
    pub fn of(control: &ControlState, source_id: SourceId) -> Option<Self> {
        let source = control.sources.get(&source_id)?.clone();
        Some(Self {
            source_id,
            source,
            source_seq: control.seq,
            correlation_id: None,
        })
    }
}

/// Where a run's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The source's address, asked conditionally.
    Fetch,
    /// Bytes at hand: a file, or standard input.
    Bytes {
        /// The bytes.
        bytes: Bytes,
        /// A `Content-Type`, where one is known.
        content_type: Option<String>,
    },
    /// Bytes that somebody sent who knows what is new: they may be a part of the feed.
    Pushed {
        /// The bytes.
        bytes: Bytes,
        /// A `Content-Type`, where one is known.
        content_type: Option<String>,
    },
}

impl Input {
    /// How a run of it comes about.
    #[must_use]
    pub(crate) fn trigger(&self) -> RunTrigger {
        match self {
            Self::Fetch => RunTrigger::Fetch,
            Self::Bytes { .. } => RunTrigger::Bytes,
            Self::Pushed { .. } => RunTrigger::Push,
        }
    }

    /// Reads a file or standard input to its end, no further than the limit.
    ///
    /// # Errors
    /// [`IngestError::Read`], or [`IngestError::Feed`] where it is longer than the limit.
    pub async fn read(
        reader: impl AsyncRead + Unpin + Send,
        limits: &Limits,
    ) -> Result<Self, IngestError> {
        let limit = limits.max_bytes;
        let mut bytes = Vec::new();
        let mut reader = reader.take((limit as u64).saturating_add(1));
        reader.read_to_end(&mut bytes).await?;
        if bytes.len() > limit {
            return Err(ParseError::TooLarge { limit }.into());
        }
        Ok(Self::Bytes {
            bytes: bytes.into(),
            content_type: None,
        })
    }
}
