//! Any JSON by a declared mapping: where its entries are, the declaration says.
//!
//! Read twice as every document: first as a whole, for what stands beside the entries, then entry by
//! entry from where they begin.

use std::collections::BTreeMap;
use std::time::Duration;

use mediamesh_domain::ingest::RawFormat;
use mediamesh_domain::ingest::mapping::Mapping;

use crate::feed::element::{Builder, Nothing, Sink};
use crate::feed::error::ParseError;
use crate::feed::limits::{KEPT_DEPTH, Limits};
use crate::feed::noted::Noted;
use crate::feed::{Feed, Items};

use super::reader::Reader;
use super::{JsonItems, NAMELESS};

/// Reads the document once, for everything but what its entries say.
pub(in crate::feed) fn read<'t>(
    text: &'t str,
    start: usize,
    limits: &Limits,
    mut noted: Noted,
    mapping: &Mapping,
) -> Result<Feed<'t>, ParseError> {
    let mut walk = Walk {
        reader: Reader::new(text, start, limits),
        channel: Builder::default(),
        elements: 1,
        entries: None,
        item_count: 0,
    };
    walk.channel.open("document".to_owned(), BTreeMap::new());
    walk.value("document", mapping.entries.steps(), 1)?;
    walk.reader.end()?;
    walk.channel.close();
    let Some(entries) = walk.entries else {
        return Err(ParseError::NoEntries {
            pointer: String::from(mapping.entries.clone()),
        });
    };
    let channel = walk.channel.finish();
    noted.add(walk.reader.noted());
    let again = Limits {
        max_time: Duration::MAX,
        ..*limits
    };
    Ok(Feed {
        format: RawFormat::Json,
        context: mapping.context(&channel),
        channel,
        item_count: walk.item_count,
        items: Items::json(JsonItems::at(
            Reader::new(text, entries, &again),
            walk.reader.steps(),
        )),
        repairs: noted.codes(),
    })
}

struct Walk<'t> {
    reader: Reader<'t>,
    channel: Builder,
    elements: usize,
    /// Where the first entry begins.
    entries: Option<usize>,
    item_count: usize,
}

impl Walk<'_> {
    /// Goes into the value that stands here, on the way to the entries.
    fn value(&mut self, name: &str, way: &[String], depth: usize) -> Result<(), ParseError> {
        let Some((step, rest)) = way.split_first() else {
            return self.list(name);
        };
        if depth >= KEPT_DEPTH {
            return self.beside(name);
        }
        if self.reader.take(b'{') {
            return self.object(step, rest, depth);
        }
        match step.parse::<usize>() {
            Ok(nth) if self.reader.take(b'[') => self.array(name, nth, rest, depth),
            _ => self.beside(name),
        }
    }

    fn object(&mut self, step: &str, rest: &[String], depth: usize) -> Result<(), ParseError> {
        let mut first = true;
        while self.reader.goes_on(first, b'}')? {
            first = false;
            let name = self.reader.name()?;
            if name == step && self.entries.is_none() {
                let inner = !rest.is_empty();
                if inner {
                    self.channel
                        .open(name.clone().into_owned(), BTreeMap::new());
                }
                self.value(&name, rest, depth + 1)?;
                if inner {
                    self.channel.close();
                }
            } else {
                self.beside(&name)?;
            }
        }
        Ok(())
    }

    fn array(
        &mut self,
        name: &str,
        nth: usize,
        rest: &[String],
        depth: usize,
    ) -> Result<(), ParseError> {
        let mut at = 0;
        while self.reader.goes_on(at == 0, b']')? {
            match at == nth && self.entries.is_none() {
                true => self.value(name, rest, depth + 1)?,
                false => self.reader.single(NAMELESS, &mut Nothing)?,
            }
            at += 1;
        }
        Ok(())
    }

    /// The entries; what is no array there has none.
    fn list(&mut self, name: &str) -> Result<(), ParseError> {
        if !self.reader.take(b'[') {
            return self.beside(name);
        }
        self.entries = Some(self.reader.at());
        while self.reader.goes_on(self.item_count == 0, b']')? {
            self.reader.single(NAMELESS, &mut Nothing)?;
            self.item_count += 1;
        }
        Ok(())
    }

    /// A value that is not on the way: it is what the document says of itself.
    fn beside(&mut self, name: &str) -> Result<(), ParseError> {
        let (reader, channel) = (&mut self.reader, &mut self.channel);
        self.elements = reader.value(name, channel, self.elements)?;
        Ok(())
    }
}
