//! That a feed has moved: what a run found, and whether it is followed.

use serde::{Deserialize, Serialize};

/// A move of a feed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedMove {
    /// The new address.
    pub to: String,
    /// Who says so.
    pub by: MovedBy,
    /// Whether it is followed.
    pub outcome: MoveOutcome,
}

/// Who says that a feed has moved. The order of the kinds is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MovedBy {
    /// The server, by 301 or 308.
    Redirect,
    /// The feed, by `itunes:new-feed-url`.
    NewFeedUrl,
}

/// Whether a move is followed, and why not. The order of the kinds is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MoveOutcome {
    /// The same feed was read at the new address; the source is to get it.
    Confirmed,
    /// The source was told its new address.
    Followed,
    /// Suspicious: the feed there has no entry and no `podcast:guid` in common with what is known.
    OtherFeed,
    /// No feed could be read there.
    Unreadable,
    /// Another source has that address.
    Taken,
    /// The source comes from that address: following would go in circles.
    Loop,
    /// The source has a secret, which is for its own origin alone.
    OtherOrigin,
}

impl MoveOutcome {
    /// What it means, in words for who keeps the source.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Confirmed => "the same feed is there, and the source is told so by its next run",
            Self::Followed => "the source is fetched there from now on",
            Self::OtherFeed => {
                "suspicious: another feed is there; where that is right, change the address by hand"
            }
            Self::Unreadable => "no feed could be read there; it is tried again tomorrow",
            Self::Taken => "another source is fetched there; retire one of the two",
            Self::Loop => "the source came from there; choose the address by hand",
            Self::OtherOrigin => {
                "the source's secret is not sent to another host; change the address by hand"
            }
        }
    }
}

impl FeedMove {
    /// A move to be judged.
    #[must_use]
    pub fn new(to: &str, by: MovedBy, outcome: MoveOutcome) -> Self {
        Self {
            to: to.to_owned(),
            by,
            outcome,
        }
    }

    /// What was found, and what came of it, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let who = match self.by {
            MovedBy::Redirect => "The server says that the feed moved for good to",
            MovedBy::NewFeedUrl => "The feed says that it moves to",
        };
        format!("{who} {}: {}.", self.to, self.outcome.words())
    }
}
