//! The YouTube Data API v3: which channel or playlist an address names, what its answers hold, and
//! what they cost. A channel leads to its playlist of uploads, a playlist's page to its videos, 50 at
//! a time; the search, which costs a hundredfold, is never asked.

mod address;
mod answers;
mod lists;
mod quota;

use mediamesh_domain::ingest::mapping::Mapping;

pub(super) use address::Place;
pub(super) use answers::{Page, document, page, refusal, resource, resource_id};
pub(super) use lists::{List, Lists};
pub(super) use quota::{Ledger, until_reset_s};

/// The most pages of a playlist that a rule names: YouTube lets none have more.
pub(super) const LIST_PAGES: usize = 100;

/// The most videos that came into other playlists and are read again in one run, beside its pages.
pub(super) const MOVED: usize = 500;

/// The most videos of a page, and of one question for videos.
pub(super) const PAGE: &str = "50";

/// The same as a number.
pub(super) const AT_ONCE: usize = 50;

/// Where the API is, and how much of it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YouTubeApi {
    /// Its address, without a slash at the end.
    pub base: String,
    /// The units of a day for each key; each question costs one.
    pub daily_units: u64,
}

impl Default for YouTubeApi {
    fn default() -> Self {
        Self {
            base: "https://www.googleapis.com/youtube/v3".to_owned(),
            daily_units: 10_000,
        }
    }
}

/// YouTube's hub; neither its feeds nor its answers name it.
const HUB: &str = "https://pubsubhubbub.appspot.com/subscribe";

/// The hub that tells of a channel's videos, and what it calls the channel.
pub(crate) fn hub(channel: &str) -> (String, String) {
    let topic = format!("https://www.youtube.com/xml/feeds/videos.xml?channel_id={channel}");
    (HUB.to_owned(), topic)
}

/// Where a document that was put together of answers has what.
const MAPPING: &str = r#"{
    "entries": "/items", "next": "/next",
    "program": {
        "title": "/program/snippet/title",
        "language": "/program/snippet/defaultLanguage",
        "author": "/channel/snippet/title"
    },
    "fields": {"guid": "/id", "title": "/snippet/title", "published_at": "/snippet/publishedAt"}
}"#;

/// How such a document is read.
pub(super) fn mapping() -> Option<Mapping> {
    Mapping::parse(MAPPING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_mapping_can_be_read() {
        assert!(mapping().is_some());
        assert_eq!(mediamesh_domain::ingest::mapping::check(MAPPING), []);
    }
}
