//! Reads a document into entries as records hold them; runs on a thread that may block.

mod batches;
mod declared;
mod identity;

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use mediamesh_domain::id::{RunId, SourceId};
use mediamesh_domain::ingest::mapping::Mapping;
use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawEntry, RawFormat};
use mediamesh_domain::model::SourceFormat;
use mediamesh_domain::position::Seq;
use mediamesh_domain::repair;
use mediamesh_domain::time::Timestamp;

use crate::feed::{self, Limits};

use super::channel::Hints;
use super::error::IngestError;
use super::hash::{Hasher, child_text, half, hex};
use super::state::{FEED, Mark};

pub(super) use batches::{Batch, Batches, MAX_BODY, Taken, record};
pub(super) use identity::Identity;

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
    /// What kind of document the source says that it has.
    pub(super) declared: SourceFormat,
    /// How a JSON of its own is read.
    pub(super) mapping: Option<Arc<Mapping>>,
    /// Whether it was put together of answers of the YouTube Data API.
    pub(super) youtube: bool,
    /// Whether the program is the source's own, and so is made though the document says nothing of it.
    pub(super) own_program: bool,
    /// Whether a feed that says it is locked is left alone.
    pub(super) respect_locked: bool,
    /// Where it is one more page of a feed: what the earlier pages had.
    pub(super) page: Option<Page>,
}

/// What a page must know of those before it.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The index of its first entry.
    pub(super) start: u64,
    /// The entries of the earlier pages: a page may repeat some of them.
    pub(super) earlier: Arc<HashSet<[u8; 16]>>,
    /// The context of the first page: an entry that went over to another page has not changed.
    pub(super) context: FeedContext,
}

/// What a document is as a whole.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) format: RawFormat,
    pub(super) title: Option<String>,
    pub(super) hints: Hints,
    pub(super) context: FeedContext,
    /// The entries, without those of earlier pages.
    pub(super) entries: u64,
    pub(super) guids_missing: u64,
    pub(super) guids_repeated: u64,
    /// Their lowest and highest number.
    pub(super) numbers: Option<(i64, i64)>,
    /// The encoding of the document's text.
    pub(super) encoding: &'static str,
    /// What was wrong with the document as a whole and has been mended.
    pub(super) repairs: Vec<&'static str>,
}

/// Where entries say when they appeared.
const DATES: [&str; 6] = [
    "pubDate",
    "published",
    "atom:published",
    "date_published",
    "dc:date",
    "updated",
];

/// The feed itself, or one of its entries.
#[derive(Debug)]
pub(super) struct Found {
    /// -1 for the feed itself.
    index: i32,
    body: RawBody,
    raw_hash: [u8; 32],
    /// How large it is, about.
    size: usize,
    /// When it appeared, in seconds since 1970, as it says itself.
    appeared: Option<i64>,
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
    /// had enough. Of a page that is not the first, entries alone.
    pub(super) fn read(
        &self,
        mut each: impl FnMut(Found, &Common<'_>) -> ControlFlow<()>,
    ) -> Result<Seen, IngestError> {
        let content_type = self.content_type.as_deref();
        let document = feed::Document::decode(&self.bytes, content_type, &self.limits)?;
        let feed = self.parse(&document)?;
        let mut common = Common {
            work: self,
            format: feed.format,
            context: feed.context,
        };
        common.context.url.clone_from(&self.url);
        if let (true, Some(page)) = (self.youtube, &self.page) {
            // Later pages say nothing of the program, which is the same.
            common.context.clone_from(&page.context);
        }
        let mut seen = Seen {
            format: feed.format,
            title: common.context.title.clone(),
            hints: self.hints(&feed.channel),
            context: common.context.clone(),
            entries: 0,
            guids_missing: 0,
            guids_repeated: 0,
            numbers: None,
            encoding: document.encoding(),
            repairs: feed.repairs,
        };
        if self.respect_locked && seen.hints.locked {
            return Err(IngestError::Locked);
        }
        let mut finder = Finder::default();
        let mut flow = ControlFlow::Continue(());
        // A document of an entry alone says nothing of its feed; a table does not either, and is one.
        let says = !feed.channel.children.is_empty() || self.names_program();
        if self.page.is_none() && says {
            flow = each(finder.feed(feed.channel, &common), &common);
        }
        let start = self.page.as_ref().map_or(0, |page| page.start);
        for item in feed.items {
            let item = item?;
            if flow.is_break() {
                break;
            }
            let own = self.known_by(&item);
            let known_by = own.as_ref().unwrap_or(&item);
            let (number, nameless) = (own_number(known_by), !has_guid(known_by));
            let found = finder.entry(item, own.as_ref(), start + seen.entries, &common);
            if self
                .page
                .as_ref()
                .is_some_and(|page| page.earlier.contains(&found.mark.key))
            {
                continue;
            }
            seen.guids_missing += u64::from(nameless);
            seen.count(number);
            flow = each(found, &common);
        }
        seen.guids_repeated = finder.repeated;
        Ok(seen)
    }

    fn parse<'t>(&self, document: &'t feed::Document<'_>) -> Result<feed::Feed<'t>, IngestError> {
        let mut feed = match &self.mapping {
            Some(mapping) => feed::parse_mapped(document, &self.limits, mapping)?,
            None => feed::parse(document, &self.limits)?,
        };
        if self.youtube {
            feed.format = RawFormat::YoutubeApi;
        }
        declared::check(self.declared, feed.format)?;
        Ok(feed)
    }

    fn hints(&self, channel: &Element) -> Hints {
        let base = self.link_base();
        match &self.mapping {
            Some(mapping) => Hints {
                locked: mapping.locked(channel),
                ..Hints::of_page(mapping.next_page(channel), &base)
            },
            None => Hints::of(channel, &base),
        }
    }

    /// Whether the program is called as its source where the document has no word of it.
    fn names_program(&self) -> bool {
        self.own_program && self.mapping.is_some() && !self.youtube
    }

    /// An entry in words by which it is known again, where its own are others.
    fn known_by(&self, item: &Element) -> Option<Element> {
        self.mapping.as_ref().map(|mapping| mapping.entry(item).0)
    }

    /// The base of links: where the document really came from, for its records' base has no query.
    fn link_base(&self) -> String {
        match self.url.is_empty() {
            true => self.source_url.clone(),
            false => self.url.clone(),
        }
    }
}

impl Seen {
    fn count(&mut self, number: Option<i64>) {
        self.entries += 1;
        if let Some(number) = number {
            let (from, to) = self.numbers.unwrap_or((number, number));
            self.numbers = Some((from.min(number), to.max(number)));
        }
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
        self.found(-1, RawBody::Feed(channel), FEED, Some(steady), common)
    }

    fn entry(
        &mut self,
        entry: Element,
        own: Option<&Element>,
        place: u64,
        common: &Common<'_>,
    ) -> Found {
        let known_by = own.unwrap_or(&entry);
        let first = self.hasher.key(known_by, 0);
        let times = self.times.entry(first).or_default();
        let key = match *times {
            0 => first,
            nth => {
                self.repeated += 1;
                self.hasher.key(known_by, nth)
            }
        };
        *times += 1;
        let appeared = appeared(known_by);
        let index = i32::try_from(place).unwrap_or(i32::MAX);
        // How often a video was seen is no change of it: it goes along with the next one.
        let steady = (common.format == RawFormat::YoutubeApi).then(|| without_counts(&entry));
        let body = RawBody::Entry(entry);
        let compared = match steady {
            Some(steady) => Some(self.hasher.raw(common.format, &common.context, &steady).0),
            None => {
                let first_page = common.work.page.as_ref().map(|page| &page.context);
                let other = first_page.filter(|context| **context != common.context);
                other.map(|context| self.hasher.raw(common.format, context, &body).0)
            }
        };
        Found {
            appeared,
            ..self.found(index, body, key, compared, common)
        }
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
            appeared: None,
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

    /// By what an entry is known again; none of the feed itself.
    pub(super) fn key(&self) -> Option<[u8; 16]> {
        (self.index >= 0).then_some(self.mark.key)
    }

    /// When it appeared, in seconds since 1970, as it says itself.
    fn appeared(&self) -> Option<i64> {
        self.appeared
    }

    /// The object that holds its body where that is too large for a record.
    fn object(&self) -> String {
        format!("raw/{}", hex(&self.raw_hash))
    }
}

/// When an entry appeared, in seconds since 1970, as it says itself.
fn appeared(entry: &Element) -> Option<i64> {
    let said = DATES.iter().find_map(|name| child_text(entry, name))?;
    Some(repair::date::parse(said)?.value.div_euclid(1_000_000))
}

/// A video without the counts that change all the time.
fn without_counts(video: &Element) -> RawBody {
    let mut steady = video.clone();
    steady.children.retain(|child| child.name != "statistics");
    RawBody::Entry(steady)
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
