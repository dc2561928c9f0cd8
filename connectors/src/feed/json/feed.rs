//! JSON Feed 1.0 and 1.1: what the feed says of itself, and its items.

use std::collections::BTreeMap;
use std::time::Duration;

use mediamesh_domain::ingest::{Element, RawFormat};
use mediamesh_domain::repair::Repair;

use crate::feed::context;
use crate::feed::element::{Builder, Nothing, Sink};
use crate::feed::error::ParseError;
use crate::feed::limits::Limits;
use crate::feed::noted::Noted;
use crate::feed::{Feed, Items};

use super::NAMELESS;
use super::reader::Reader;

/// Reads the document once, for everything but what its items say.
pub(in crate::feed) fn read<'t>(
    text: &'t str,
    start: usize,
    limits: &Limits,
    mut noted: Noted,
) -> Result<Feed<'t>, ParseError> {
    let mut reader = Reader::new(text, start, limits);
    if !reader.take(b'{') {
        return Err(no_feed());
    }
    let mut feed = Builder::default();
    feed.open("feed".to_owned(), BTreeMap::new());
    let (mut elements, mut item_count, mut listed, mut first) = (1, 0, false, true);
    while reader.goes_on(first, b'}')? {
        first = false;
        let name = reader.name()?;
        if name == "items" && reader.take(b'[') {
            listed = true;
            item_count += items(&mut reader)?;
        } else {
            elements = reader.value(&name, &mut feed, elements)?;
        }
    }
    reader.end()?;
    feed.close();
    let feed = feed.finish();
    let has = |name| feed.text_of(&[name]).is_some();
    if !feed.text_of(&["version"]).is_some_and(is_version) {
        if !(listed && has("title") && (has("feed_url") || has("home_page_url"))) {
            return Err(no_feed());
        }
        noted.note(Repair::VersionMissing);
    }
    noted.add(reader.noted());
    let again = Limits {
        max_time: Duration::MAX,
        ..*limits
    };
    Ok(Feed {
        format: RawFormat::JsonFeed,
        context: context::json(&feed),
        channel: feed,
        item_count,
        items: Items::json(JsonItems {
            reader: Reader::new(text, start, &again),
            place: Place::Before,
            steps_before: reader.steps(),
        }),
        repairs: noted.codes(),
    })
}

fn is_version(version: &str) -> bool {
    version.contains("jsonfeed.org/version")
}

fn no_feed() -> ParseError {
    ParseError::Unsupported {
        format: "a JSON document",
    }
}

/// Walks over the items of an array that was entered; gives how many there are.
fn items(reader: &mut Reader<'_>) -> Result<usize, ParseError> {
    let mut count = 0;
    while reader.goes_on(count == 0, b']')? {
        reader.single(NAMELESS, &mut Nothing)?;
        count += 1;
    }
    Ok(count)
}

/// Where among the members of the feed the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Members {
        first: bool,
    },
    Items {
        first: bool,
    },
    /// Among items that are all there is to read.
    List {
        first: bool,
    },
}

/// The items of a JSON Feed.
#[derive(Debug)]
pub(in crate::feed) struct JsonItems<'t> {
    reader: Reader<'t>,
    place: Place,
    steps_before: u64,
}

impl<'t> JsonItems<'t> {
    /// The items of the array in which the reader stands, behind its bracket.
    pub(super) fn at(reader: Reader<'t>, steps_before: u64) -> Self {
        Self {
            reader,
            place: Place::List { first: true },
            steps_before,
        }
    }

    pub(in crate::feed) fn steps(&self) -> u64 {
        self.steps_before + self.reader.steps()
    }

    pub(in crate::feed) fn read(&mut self) -> Result<Option<Element>, ParseError> {
        loop {
            match self.place {
                Place::Before => {
                    self.reader.take(b'{');
                    self.place = Place::Members { first: true };
                }
                Place::List { first } => {
                    if !self.reader.goes_on(first, b']')? {
                        return Ok(None);
                    }
                    self.place = Place::List { first: false };
                    return Ok(Some(self.item()?));
                }
                Place::Items { first } => {
                    if !self.reader.goes_on(first, b']')? {
                        self.place = Place::Members { first: false };
                        continue;
                    }
                    self.place = Place::Items { first: false };
                    return Ok(Some(self.item()?));
                }
                Place::Members { first } => {
                    if !self.reader.goes_on(first, b'}')? {
                        return Ok(None);
                    }
                    self.place = Place::Members { first: false };
                    let name = self.reader.name()?;
                    if name == "items" && self.reader.take(b'[') {
                        self.place = Place::Items { first: true };
                    } else {
                        self.reader.value(&name, &mut Nothing, 0)?;
                    }
                }
            }
        }
    }

    fn item(&mut self) -> Result<Element, ParseError> {
        let mut item = Builder::default();
        self.reader.single(NAMELESS, &mut item)?;
        Ok(item.finish())
    }
}
