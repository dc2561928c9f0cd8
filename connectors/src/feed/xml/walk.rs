//! The way through a document's outermost elements.

use std::collections::BTreeMap;

use mediamesh_domain::repair::Repair;

use crate::feed::cursor::{Child, Cursor};
use crate::feed::element::Nothing;
use crate::feed::error::ParseError;
use crate::feed::format;
use crate::feed::limits::Limits;
use crate::feed::names::Dialect;
use crate::feed::noted::Noted;
use crate::feed::tokens::Tag;

/// A child of the channel, or of what stands around it.
pub(super) enum Part<'t> {
    Item(Tag<'t>),
    Channel(Tag<'t>),
}

/// The way through a document's outermost elements.
#[derive(Debug)]
pub(super) struct Walk<'t> {
    pub(super) cursor: Cursor<'t>,
    /// Those of the outermost element and of the channel.
    pub(super) attributes: BTreeMap<String, String>,
    /// The outermost element, where it is an entry.
    alone: Option<Tag<'t>>,
    /// How deep the list of items is, while inside one.
    list: Option<usize>,
    ended: bool,
}

impl<'t> Walk<'t> {
    pub(super) fn begin(text: &'t str, start: usize, limits: &Limits) -> Result<Self, ParseError> {
        let mut walk = Self {
            cursor: Cursor::new(text, start, limits),
            attributes: BTreeMap::new(),
            alone: None,
            list: None,
            ended: false,
        };
        let Some(root) = walk.cursor.child()? else {
            return Err(ParseError::Empty);
        };
        let local = root.name.rsplit(':').next().unwrap_or_default();
        match local.to_ascii_lowercase().as_str() {
            "rss" | "rdf" => walk.enter(root.tag)?,
            "channel" => {
                walk.cursor.note(Repair::RootMissing);
                walk.enter(root.tag)?;
            }
            "feed" => {
                walk.cursor.speak(Dialect::Atom);
                walk.enter(root.tag)?;
            }
            "entry" => {
                walk.cursor.speak(Dialect::Atom);
                walk.alone = Some(root.tag);
            }
            other => return Err(format::other_root(other)),
        }
        Ok(walk)
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.cursor.dialect()
    }

    pub(super) fn noted(&self) -> Noted {
        self.cursor.noted()
    }

    /// The next part, which the caller walks over; none at the end of the outermost element.
    pub(super) fn next(&mut self) -> Result<Option<Part<'t>>, ParseError> {
        if let Some(entry) = self.alone.take() {
            self.ended = true;
            return Ok(Some(Part::Item(entry)));
        }
        while !self.ended {
            let Some(child) = self.cursor.child()? else {
                let depth = self.cursor.depth();
                self.list = self.list.filter(|list| *list <= depth);
                self.ended = depth == 0;
                continue;
            };
            if let Some(part) = self.part(&child)? {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// What a child is; none where it was entered or passed over.
    fn part(&mut self, child: &Child<'t>) -> Result<Option<Part<'t>>, ParseError> {
        let rss = self.dialect() == Dialect::Rss;
        match child.name.as_str() {
            "item" if rss => return Ok(Some(Part::Item(child.tag))),
            "entry" if !rss => return Ok(Some(Part::Item(child.tag))),
            "podcast:liveItem" => return Ok(Some(Part::Item(child.tag))),
            "channel" if rss && self.cursor.depth() == 1 => self.enter(child.tag)?,
            // RSS 1.0 lists the addresses of its items here, RSS 1.1 the items themselves.
            "items" if rss && !child.tag.empty => {
                self.cursor.enter(child.tag)?;
                self.list = Some(self.cursor.depth());
            }
            // What was deleted elsewhere is nothing that a feed says of itself.
            "at:deleted-entry" => self.pass(child.tag)?,
            _ if self.list.is_some() => self.pass(child.tag)?,
            _ => return Ok(Some(Part::Channel(child.tag))),
        }
        Ok(None)
    }

    fn pass(&mut self, tag: Tag<'t>) -> Result<(), ParseError> {
        self.cursor.walk(tag, &mut Nothing, 0).map(|_| ())
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
