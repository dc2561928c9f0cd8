//! Reads a document into entries as records hold them; runs on a thread that may block.

mod batches;

use std::collections::HashMap;
use std::ops::ControlFlow;

use bytes::Bytes;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawEntry, RawFormat};
use mediamesh_domain::position::Seq;
use mediamesh_domain::time::Timestamp;

use crate::feed::{self, Limits, ParseError};

use super::hash::{Hasher, half, hex};
use super::state::Mark;

pub(super) use batches::{Batch, Batches, MAX_BODY, record};

/// A document, and what its records carry beside what stands in it.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) bytes: Bytes,
    pub(super) content_type: Option<String>,
    pub(super) limits: Limits,
    /// The base of relative addresses.
    pub(super) url: String,
    /// The source's own address.
    pub(super) source_url: String,
    pub(super) source_id: SourceId,
    pub(super) source_seq: Seq,
    pub(super) run_id: RunId,
    pub(super) fetched_at: Timestamp,
    pub(super) correlation_id: String,
}

/// What a document is as a whole.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) format: RawFormat,
    pub(super) title: Option<String>,
    /// The address that the feed says it moves to.
    pub(super) announced_url: Option<String>,
    pub(super) entries: u64,
    pub(super) guids_missing: u64,
    pub(super) guids_repeated: u64,
    /// The highest number that an entry gives itself.
    pub(super) numbered_to: Option<i64>,
}

/// The feed itself, or one of its entries.
#[derive(Debug)]
pub(super) struct Found {
    /// -1 for the feed itself.
    index: i32,
    body: RawBody,
    raw_hash: [u8; 32],
    /// How large it is, about.
    size: usize,
    mark: Mark,
}

/// What all records of a document have in common.
#[derive(Debug)]
pub(super) struct Common<'w> {
    work: &'w Work,
    format: RawFormat,
    context: FeedContext,
}

impl Work {
    /// Gives the feed itself and then its entries in order, until there are no more or `each` has
    /// had enough.
    pub(super) fn read(
        &self,
        mut each: impl FnMut(Found, &Common<'_>) -> ControlFlow<()>,
    ) -> Result<Seen, ParseError> {
        let content_type = self.content_type.as_deref();
        let document = feed::Document::decode(&self.bytes, content_type, &self.limits)?;
        let feed = feed::parse(&document, &self.limits)?;
        let mut common = Common {
            work: self,
            format: feed.format,
            context: feed.context,
        };
        common.context.url.clone_from(&self.url);
        let mut seen = Seen {
            format: feed.format,
            title: common.context.title.clone(),
            announced_url: announced_url(&feed.channel),
            entries: 0,
            guids_missing: 0,
            guids_repeated: 0,
            numbered_to: None,
        };
        let mut finder = Finder::default();
        let mut flow = each(finder.feed(feed.channel, &common), &common);
        for item in feed.items {
            let item = item?;
            if flow.is_break() {
                break;
            }
            seen.guids_missing += u64::from(!has_guid(&item));
            seen.numbered_to = seen.numbered_to.max(own_number(&item));
            flow = each(finder.entry(item, seen.entries, &common), &common);
            seen.entries += 1;
        }
        seen.guids_repeated = finder.repeated;
        Ok(seen)
    }
}

/// Tells entries from each other.
#[derive(Default)]
struct Finder {
    hasher: Hasher,
    /// How often each key was there: a feed may list a guid twice.
    times: HashMap<[u8; 16], u32>,
    /// How many had a key that was there before.
    repeated: u64,
}

impl Finder {
    fn feed(&mut self, channel: Element, common: &Common<'_>) -> Found {
        let steady = self.hasher.feed(common.format, &common.context, &channel);
        // No entry's key: those are hashes.
        let key = [0; 16];
        self.found(-1, RawBody::Feed(channel), key, Some(steady), common)
    }

    fn entry(&mut self, entry: Element, place: u64, common: &Common<'_>) -> Found {
        let first = self.hasher.key(&entry, 0);
        let times = self.times.entry(first).or_default();
        let key = match *times {
            0 => first,
            nth => {
                self.repeated += 1;
                self.hasher.key(&entry, nth)
            }
        };
        *times += 1;
        let index = i32::try_from(place).unwrap_or(i32::MAX);
        self.found(index, RawBody::Entry(entry), key, None, common)
    }

    fn found(
        &mut self,
        index: i32,
        body: RawBody,
        key: [u8; 16],
        compared: Option<[u8; 32]>,
        common: &Common<'_>,
    ) -> Found {
        let (raw_hash, size) = self.hasher.raw(common.format, &common.context, &body);
        let hash = half(&compared.unwrap_or(raw_hash));
        Found {
            index,
            body,
            raw_hash,
            size,
            mark: Mark { key, hash },
        }
    }
}

impl Found {
    /// The record of it.
    pub(super) fn into_entry(self, common: &Common<'_>) -> RawEntry {
        let work = common.work;
        RawEntry {
            source_id: work.source_id,
            source_seq: work.source_seq,
            run_id: work.run_id,
            fetched_at: work.fetched_at,
            index: self.index,
            format: common.format,
            feed: common.context.clone(),
            raw_hash: self.raw_hash.to_vec(),
            correlation_id: Some(work.correlation_id.clone()),
            body: Some(self.body),
            claim: None,
        }
    }

    /// The object that holds its body where that is too large for a record.
    fn object(&self) -> String {
        format!("raw/{}", hex(&self.raw_hash))
    }
}

/// Whether an entry names itself, in the word of its format.
fn has_guid(entry: &Element) -> bool {
    let names = |child: &&Element| matches!(child.name.as_str(), "guid" | "id" | "atom:id");
    let mut ids = entry.children.iter().filter(names);
    ids.any(|id| !id.text.trim().is_empty())
}

/// The number that an entry gives itself; those of later seasons often begin anew, so only entries without a season
/// tell how many there are.
fn own_number(entry: &Element) -> Option<i64> {
    let child = |name: &str| entry.children.iter().find(|child| child.name == name);
    if child("itunes:season").is_some() || child("podcast:season").is_some() {
        return None;
    }
    let number = child("itunes:episode").or_else(|| child("podcast:episode"))?;
    number
        .text
        .trim()
        .parse()
        .ok()
        .filter(|number| (1..100_000).contains(number))
}

fn announced_url(channel: &Element) -> Option<String> {
    let mut named = channel
        .children
        .iter()
        .filter(|child| child.name == "itunes:new-feed-url");
    named
        .find(|child| !child.text.is_empty())
        .map(|child| child.text.clone())
}
