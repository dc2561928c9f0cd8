//! One raw entry as a connector found it.

mod body_option;

use crate::id::{RunId, SourceId};
use crate::position::Seq;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of document an entry was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RawFormat {
    /// RSS 0.9x, 1.0 or 2.0.
    Rss,
    /// Atom, also YouTube's.
    Atom,
    /// JSON Feed.
    JsonFeed,
    /// YouTube Data API v3.
    YoutubeApi,
    /// Any other JSON.
    Json,
}

/// One element as it was found: an XML element, or a member of a JSON object.
///
/// Names of known namespaces carry the usual prefix whatever the document called it: `title`,
/// `itunes:duration`, `podcast:person`, `media:group`, `content:encoded`, `atom:link`, `dc:creator`. The words of a
/// document's own language have none: `entry`, `link` and `id` in Atom, as `item` and `guid` in RSS. A member of a
/// JSON object is a child by its name, an array its child repeated.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Element {
    /// The name with the usual prefix of its namespace.
    pub name: String,
    /// The attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// The text, entities decoded, inner markup as text.
    pub text: String,
    /// The elements inside.
    pub children: Vec<Element>,
}

/// What an entry must know of its feed: a few of the channel's elements, never the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedContext {
    /// The feed's address after redirects: the base of relative addresses.
    pub url: String,
    /// The feed's title.
    pub title: Option<String>,
    /// The feed's language as it says.
    pub language: Option<String>,
    /// The feed's author.
    pub author: Option<String>,
    /// Whether the feed says it is not for children.
    pub explicit: Option<String>,
}

/// What was found: the feed itself or one of its entries. The order of the kinds is the wire's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RawBody {
    /// The feed's own elements, without its entries: what it says of the program.
    Feed(Element),
    /// One entry.
    Entry(Element),
}

/// One raw entry with its feed context, its source and its place in the fetch: a record of `ingest.raw`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawEntry {
    /// The source; the record's key.
    pub source_id: SourceId,
    /// The `seq` on `control.events` up to which the connector knew the source; `normalise` waits for it.
    pub source_seq: Seq,
    /// The fetch.
    pub run_id: RunId,
    /// When the fetch was made.
    pub fetched_at: Timestamp,
    /// The entry's place in the fetch, from 0; -1 for the feed itself.
    pub index: i32,
    /// What kind of document it was found in.
    pub format: RawFormat,
    /// What it must know of its feed.
    pub feed: FeedContext,
    /// SHA-256 over format, feed context and body: the same entry again has the same hash.
    #[serde(with = "serde_bytes")]
    pub raw_hash: Vec<u8>,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: Option<String>,
    /// What was found; absent where it is large and waits in the object store.
    #[serde(default, with = "body_option")]
    pub body: Option<RawBody>,
    /// The object that holds the body (claim check), by hash; absent where the body is here.
    pub claim: Option<String>,
}
