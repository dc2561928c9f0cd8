//! RSS 0.9x, 1.0 and 2.0: a channel and its items.
//!
//! RSS 1.0 keeps items, image and text input beside its channel, under `rdf:RDF`; here they count
//! as the channel's all the same.

use std::collections::BTreeMap;
use std::time::Duration;

use mediamesh_domain::ingest::{Element, FeedContext, RawFormat};

use super::cursor::Cursor;
use super::element::{Builder, Nothing, Sink};
use super::error::ParseError;
use super::limits::Limits;
use super::tokens::Tag;
use super::{Feed, format};

/// The longest of the channel's texts that entries carry, in bytes.
const CONTEXT_BYTES: usize = 2048;

/// Reads the document once, for everything but what its items say.
pub(super) fn read<'t>(
    text: &'t str,
    start: usize,
    limits: &Limits,
) -> Result<Feed<'t>, ParseError> {
    let mut walk = Walk::begin(text, start, limits)?;
    let mut channel = Builder::default();
    channel.open("channel".to_owned(), BTreeMap::new());
    let (mut channel_elements, mut item_count) = (1, 0);
    while let Some(part) = walk.next()? {
        match part {
            Part::Item(tag) => {
                walk.cursor.walk(tag, &mut Nothing, 0)?;
                item_count += 1;
            }
            Part::Channel(tag) => {
                channel_elements = walk.cursor.walk(tag, &mut channel, channel_elements)?;
            }
        }
    }
    channel.close();
    let mut channel = channel.finish();
    channel.attributes = std::mem::take(&mut walk.attributes);
    // It is known how long that takes; the reader's pauses between items are its own.
    let again = Limits {
        max_time: Duration::MAX,
        ..*limits
    };
    Ok(Feed {
        format: RawFormat::Rss,
        context: context(&channel),
        channel,
        item_count,
        items: Items {
            walk: Walk::begin(text, start, &again)?,
            steps_before: walk.cursor.steps(),
            ended: false,
        },
    })
}

/// What entries must know of the channel.
fn context(channel: &Element) -> FeedContext {
    let text = |name: &str| {
        let mut named = channel.children.iter().filter(|child| child.name == name);
        named
            .find(|child| !child.text.is_empty())
            .map(|child| short(&child.text))
    };
    let attribute = |name| channel.attributes.get(name).map(|value| short(value));
    FeedContext {
        url: String::new(),
        title: text("title"),
        language: text("language")
            .or_else(|| text("dc:language"))
            .or_else(|| attribute("xml:lang")),
        author: text("itunes:author").or_else(|| text("dc:creator")),
        explicit: text("itunes:explicit"),
    }
}

/// The beginning of a text: every entry carries it.
fn short(text: &str) -> String {
    text[..text.floor_char_boundary(CONTEXT_BYTES)].to_owned()
}

/// A feed's items in the document's order.
///
/// The document was read before, so no error is to be expected; one would be the last thing.
#[derive(Debug)]
pub struct Items<'t> {
    walk: Walk<'t>,
    steps_before: u64,
    ended: bool,
}

impl Items<'_> {
    /// The work done on the document so far, in steps that each take about as long.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps_before + self.walk.cursor.steps()
    }

    fn read(&mut self) -> Result<Option<Element>, ParseError> {
        while let Some(part) = self.walk.next()? {
            match part {
                Part::Item(tag) => {
                    let mut item = Builder::default();
                    self.walk.cursor.walk(tag, &mut item, 0)?;
                    return Ok(Some(item.finish()));
                }
                Part::Channel(tag) => {
                    self.walk.cursor.walk(tag, &mut Nothing, 0)?;
                }
            }
        }
        Ok(None)
    }
}

impl Iterator for Items<'_> {
    type Item = Result<Element, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read();
        self.ended = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

/// A child of the channel, or of what stands around it.
enum Part<'t> {
    Item(Tag<'t>),
    Channel(Tag<'t>),
}

/// The way through a document's outermost elements.
#[derive(Debug)]
struct Walk<'t> {
    cursor: Cursor<'t>,
    /// Those of the outermost element and of the channel.
    attributes: BTreeMap<String, String>,
    ended: bool,
}

impl<'t> Walk<'t> {
    fn begin(text: &'t str, start: usize, limits: &Limits) -> Result<Self, ParseError> {
        let mut walk = Self {
            cursor: Cursor::new(text, start, limits),
            attributes: BTreeMap::new(),
            ended: false,
        };
        let Some(root) = walk.cursor.child()? else {
            return Err(ParseError::Empty);
        };
        let local = root.name.rsplit(':').next().unwrap_or_default();
        match local.to_ascii_lowercase().as_str() {
            "rss" | "rdf" | "channel" => walk.enter(root.tag)?,
            other => return Err(format::other_root(other)),
        }
        Ok(walk)
    }

    /// The next part, which the caller walks over; none at the end of the outermost element.
    fn next(&mut self) -> Result<Option<Part<'t>>, ParseError> {
        while !self.ended {
            let Some(child) = self.cursor.child()? else {
                self.ended = self.cursor.depth() == 0;
                continue;
            };
            match child.name.as_str() {
                "channel" if self.cursor.depth() == 1 => self.enter(child.tag)?,
                "item" => return Ok(Some(Part::Item(child.tag))),
                // RSS 1.0 lists the addresses of its items apart.
                "items" => {
                    self.cursor.walk(child.tag, &mut Nothing, 0)?;
                }
                _ => return Ok(Some(Part::Channel(child.tag))),
            }
        }
        Ok(None)
    }

    fn enter(&mut self, tag: Tag<'t>) -> Result<(), ParseError> {
        let attributes = self.cursor.enter(tag)?;
        self.attributes.extend(attributes);
        if tag.empty {
            self.cursor.leave();
            self.ended = self.cursor.depth() == 0;
        }
        Ok(())
    }
}
