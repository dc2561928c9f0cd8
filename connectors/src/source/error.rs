//! Why a run did not come to its end, in words for the person who must act.

use std::time::Duration;

use mediamesh_ports::{event_log, objects};
use mediamesh_schemas::EncodeError;

use crate::{egress, feed};

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// There is nothing to fetch.
    #[error("the source has no address; give it one, or give the run a file")]
    NoAddress,
    /// The source names a secret that the configuration does not have.
    #[error("the configuration knows no secret by the name {name:?}")]
    UnknownSecret {
        /// The name.
        name: String,
    },
    /// The feed's owner does not want it imported elsewhere.
    #[error(
        "the feed says that it is locked (podcast:locked): ask its owner; where they agree, set \
         respect_locked to false on the source"
    )]
    Locked,
    /// The document is of another kind than the source says.
    #[error(
        "the source says {declared}, and this is {found}: where that is right, set its format to {found} or auto"
    )]
    OtherFormat {
        /// What the source says.
        declared: &'static str,
        /// What came.
        found: &'static str,
    },
    /// The address redirects for good to a feed that has nothing in common with what is known.
    #[error(
        "the address redirects for good to {to}, where another feed is: no entry and no \
         podcast:guid in common; nothing was taken. Where that is right, give the source that address"
    )]
    OtherFeed {
        /// Where it redirects.
        to: String,
    },
    /// The source's secret would go to another origin.
    #[error("the feed goes on at another host, where the source's secret is not sent")]
    OtherOrigin,
    /// The day's quota of the source's key is used.
    #[error("the day's quota of the source's API key is used; it is new in {} min", .reset_s.div_ceil(60))]
    Quota {
        /// Seconds until it is new.
        reset_s: u64,
    },
    /// The address names no channel and no playlist.
    #[error(
        "the address names no channel and no playlist of YouTube that its API can be asked for"
    )]
    YouTubeAddress,
    /// There is no such channel or playlist.
    #[error("YouTube has no such channel or playlist, or does not show it")]
    YouTubeNotFound,
    /// There is no such playlist as a rule of the source names.
    #[error(
        "YouTube has no playlist {id}, or does not show it, and a rule of the source names it: correct \
         the rule or take it out; until then nothing is taken, so that no video goes to a wrong program"
    )]
    YouTubeList {
        /// Its id, as the rule has it.
        id: String,
    },
    /// The API does not answer this key.
    #[error("the YouTube Data API refuses: {reason}")]
    YouTubeRefused {
        /// Its own word.
        reason: String,
    },
    /// Another run of the same source has not ended.
    #[error("a run of this source is under way; wait for it")]
    Busy,
    /// Nothing was fetched.
    #[error(transparent)]
    Fetch(#[from] egress::Error),
    /// What was fetched, or given, is no feed.
    #[error(transparent)]
    Feed(#[from] feed::ParseError),
    /// The given file or standard input cannot be read.
    #[error("cannot read what was given: {0}")]
    Read(#[from] std::io::Error),
    /// The log did not take the records, or not all.
    #[error(transparent)]
    Log(#[from] event_log::Error),
    /// The object store did not keep a large body or the source's state.
    #[error(transparent)]
    Objects(#[from] objects::Error),
    /// An entry does not fit into a record.
    #[error("an entry does not fit into a record: {0}")]
    Encode(#[from] EncodeError),
    /// The process is ending.
    #[error("the run was stopped")]
    Stopped,
}

impl IngestError {
    /// A stable name for records, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAddress => "ingest.no_address",
            Self::UnknownSecret { .. } => "ingest.unknown_secret",
            Self::Locked => "ingest.locked",
            Self::OtherFormat { .. } => "ingest.other_format",
            Self::OtherFeed { .. } => "ingest.other_feed",
            Self::OtherOrigin => "ingest.other_origin",
            Self::Quota { .. } => "youtube.quota",
            Self::YouTubeAddress => "youtube.address",
            Self::YouTubeNotFound => "youtube.not_found",
            Self::YouTubeList { .. } => "youtube.list_not_found",
            Self::YouTubeRefused { .. } => "youtube.refused",
            Self::Busy => "ingest.busy",
            Self::Fetch(error) => error.code(),
            Self::Feed(error) => error.code(),
            Self::Read(_) => "ingest.read",
            Self::Log(_) => "ingest.log",
            Self::Objects(_) => "ingest.objects",
            Self::Encode(_) => "ingest.encode",
            Self::Stopped => "ingest.stopped",
        }
    }

    /// How long the other side asks to wait before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Fetch(error) => error.retry_after(),
            Self::Quota { reset_s } => Some(Duration::from_secs(*reset_s)),
            _ => None,
        }
    }
}
