//! OPML: the lists in which readers of feeds keep what they follow.
//!
//! An outline with an `xmlUrl` names a feed, one with outlines inside is a folder; nothing else is
//! looked at. What cannot be a feed is told with its line and does no harm to the rest. Bounded as
//! every document: charset, depth, attributes, time; a document type declaration is refused.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use mediamesh_domain::ingest::Element;

use super::cursor::{Child, Cursor};
use super::element::{Builder, Nothing};
use super::error::{ParseError, shown};
use super::format::{self, Start};
use super::limits::Limits;
use super::{Document, Tag};

/// The most outlines of a list.
const MOST: usize = 10_000;

/// A list of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// What it is called.
    pub title: Option<String>,
    /// The feeds, in the document's order.
    pub outlines: Vec<Outline>,
    /// What was wrong with the document as a whole and has been mended, as stable codes.
    pub repairs: Vec<&'static str>,
    /// The work done on the document, in steps that each take about as long.
    pub steps: u64,
}

/// A feed of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// What it is called: its title, else its text.
    pub title: String,
    /// The address of the feed (`xmlUrl`), as it is written.
    pub url: String,
    /// The folders that it stands in, the outermost first.
    pub folders: Vec<String>,
}

/// Reads a list of feeds.
///
/// # Errors
/// [`ParseError`]; what is no OPML is told by what it is.
pub fn read(document: &Document<'_>, limits: &Limits) -> Result<List, ParseError> {
    let text = document.text.as_ref();
    let mut noted = document.noted;
    let start = match format::start(text, &mut noted)? {
        Start::Xml(at) => at,
        Start::Json(_) => {
            return Err(ParseError::IllFormed {
                line: 1,
                what: "JSON, where an OPML list is expected".to_owned(),
            });
        }
    };
    let mut reader = Reader {
        cursor: Cursor::new(text, start, limits),
        lines: Lines::of(text),
        list: List::default(),
    };
    reader.document()?;
    noted.add(reader.cursor.noted());
    reader.list.repairs = noted.codes();
    reader.list.steps = reader.cursor.steps();
    Ok(reader.list)
}

struct Reader<'t> {
    cursor: Cursor<'t>,
    lines: Lines<'t>,
    list: List,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<(), ParseError> {
        let Some(root) = self.cursor.child()? else {
            return Err(ParseError::Empty);
        };
        if !root.name.eq_ignore_ascii_case("opml") {
            return Err(ParseError::IllFormed {
                line: self.lines.at(root.tag.raw),
                what: format!("<{}>, where <opml> is expected", shown(&root.name)),
            });
        }
        self.cursor.enter(root.tag)?;
        if root.tag.empty {
            self.cursor.leave();
            return Ok(());
        }
        while let Some(part) = self.cursor.child()? {
            match part.name.to_ascii_lowercase().as_str() {
                "head" => self.head(part.tag)?,
                "body" if !part.tag.empty => {
                    self.cursor.enter(part.tag)?;
                    self.body()?;
                }
                _ => self.pass(part.tag)?,
            }
        }
        Ok(())
    }

    fn head(&mut self, tag: Tag<'t>) -> Result<(), ParseError> {
        let mut head = Builder::default();
        self.cursor.walk(tag, &mut head, 0)?;
        self.list.title = text_of(&head.finish(), "title");
        Ok(())
    }

    /// The outlines of the body that was entered, without recursion.
    fn body(&mut self) -> Result<(), ParseError> {
        let outermost = self.cursor.depth();
        let mut folders: Vec<String> = Vec::new();
        loop {
            match self.cursor.child()? {
                Some(child) if child.name.eq_ignore_ascii_case("outline") => {
                    if let Some(folder) = self.outline(&child, &folders)? {
                        folders.push(folder);
                    }
                }
                Some(child) => self.pass(child.tag)?,
                None if self.cursor.depth() < outermost => return Ok(()),
                None => {
                    folders.pop();
                }
            }
        }
    }

    /// Takes an outline; gives what it is called where outlines may stand inside.
    fn outline(
        &mut self,
        child: &Child<'t>,
        folders: &[String],
    ) -> Result<Option<String>, ParseError> {
        let line = self.lines.at(child.tag.raw);
        let attributes = self.cursor.enter(child.tag)?;
        let title = attribute(&attributes, "title")
            .or_else(|| attribute(&attributes, "text"))
            .unwrap_or_default();
        if let Some(url) = attribute(&attributes, "xmlurl") {
            if self.list.outlines.len() >= MOST {
                return Err(ParseError::Limit {
                    line,
                    what: "feeds in one list",
                    limit: MOST,
                });
            }
            self.list.outlines.push(Outline {
                line,
                title: title.clone(),
                url,
                folders: folders
                    .iter()
                    .filter(|name| !name.is_empty())
                    .cloned()
                    .collect(),
            });
        }
        if child.tag.empty {
            self.cursor.leave();
            return Ok(None);
        }
        Ok(Some(title))
    }

    fn pass(&mut self, tag: Tag<'t>) -> Result<(), ParseError> {
        self.cursor.walk(tag, &mut Nothing, 0).map(|_| ())
    }
}

/// An attribute that is not empty, whatever its capitals.
fn attribute(attributes: &BTreeMap<String, String>, name: &str) -> Option<String> {
    let same = |(key, _): &(&String, &String)| key.eq_ignore_ascii_case(name);
    let value = attributes.iter().find(same)?.1.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn text_of(element: &Element, name: &str) -> Option<String> {
    let same = |child: &&Element| child.name.eq_ignore_ascii_case(name);
    let text = element.children.iter().find(same)?.text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Tells lines of a text, in the order of the text, by looking at each byte once.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// The line of a slice of the text that does not stand before the last one.
    fn at(&mut self, slice: &str) -> usize {
        let from = (slice.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let passed = self.text.as_bytes().get(self.at..from).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(from.min(self.text.len()));
        self.line
    }
}
