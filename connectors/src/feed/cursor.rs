//! Walks through a document's elements: what closes what, what goes beyond a limit, and where
//! markup is text.
//!
//! Outside of texts the document must be well-formed. Inside an element that holds text for
//! people, markup is part of the text, and tags that HTML leaves open (`<br>`) do no harm.

use std::collections::BTreeMap;

use quick_xml::events::attributes::Attributes;

use super::element::Sink;
use super::error::{ParseError, shown};
use super::limits::{KEPT_DEPTH, Limits};
use super::names::Names;
use super::text;
use super::tokens::{Tag, Token, Tokens};

/// Elements of HTML that are never closed.
const VOID: &[&str] = &["br", "hr", "img", "input", "meta", "source", "track", "wbr"];

#[derive(Debug)]
pub(super) struct Cursor<'t> {
    tokens: Tokens<'t>,
    names: Names<'t>,
    limits: Limits,
    open: Vec<Open<'t>>,
    /// Elements of the record so far.
    elements: usize,
    steps: u64,
}

/// An element that is open.
#[derive(Debug)]
struct Open<'t> {
    name: &'t str,
    kind: Kind,
    text_bytes: usize,
    /// The declarations of namespaces before it.
    in_force: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its children are elements.
    Structure,
    /// Its children are part of its text.
    Text,
    /// It is such a child.
    Inline,
}

/// A child of the element that the cursor stands in.
#[derive(Debug)]
pub(super) struct Child<'t> {
    pub(super) tag: Tag<'t>,
    pub(super) name: String,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, start: usize, limits: &Limits) -> Self {
        Self {
            tokens: Tokens::new(text, start, limits),
            names: Names::default(),
            limits: *limits,
            open: Vec::new(),
            elements: 0,
            steps: 0,
        }
    }

    /// The work done: bytes, tokens and comparisons.
    pub(super) fn steps(&self) -> u64 {
        self.tokens.steps() + self.names.steps() + self.steps
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next child of the innermost open element, or none where that closes. The caller goes
    /// into it by [`Cursor::enter`] or over it by [`Cursor::record`].
    pub(super) fn child(&mut self) -> Result<Option<Child<'t>>, ParseError> {
        loop {
            match self.tokens.next()? {
                Token::Open(tag) => {
                    // Declared for the name alone; who walks the child declares them again.
                    let in_force = self.names.in_force();
                    self.declare(&tag)?;
                    let name = self.names.element(tag.name).usual.clone();
                    self.names.leave(in_force);
                    return Ok(Some(Child { tag, name }));
                }
                Token::Close { name, .. } => {
                    return match self.open.last() {
                        Some(open) if open.name == name => {
                            self.pop();
                            Ok(None)
                        }
                        _ => Err(self.mismatch(name)),
                    };
                }
                Token::Eof if self.open.is_empty() => return Ok(None),
                Token::Eof => return Err(self.truncated()),
                Token::Text(_) | Token::Reference(_) | Token::CData(_) => {}
            }
        }
    }

    /// Goes into a child; [`Cursor::child`] then gives its children.
    pub(super) fn enter(&mut self, tag: Tag<'t>) -> Result<BTreeMap<String, String>, ParseError> {
        Ok(self.push(tag, true, 0)?.1)
    }

    /// Leaves a child whose tag closed itself.
    pub(super) fn leave(&mut self) {
        self.pop();
    }

    /// Walks over a whole child, a record or a part of one of which `already` elements are known;
    /// gives how many those are now.
    pub(super) fn walk<S: Sink>(
        &mut self,
        tag: Tag<'t>,
        sink: &mut S,
        already: usize,
    ) -> Result<usize, ParseError> {
        self.elements = already;
        let base = self.open.len();
        self.element(tag, sink, base)?;
        while self.open.len() > base {
            match self.tokens.next()? {
                Token::Open(tag) => match self.top() {
                    Kind::Structure => self.element(tag, sink, base)?,
                    Kind::Text | Kind::Inline => self.inline(tag, sink)?,
                },
                Token::Close { name, raw } => self.close(name, raw, sink)?,
                Token::Text(raw) => self.text(raw, sink)?,
                Token::CData(raw) => self.text(raw, sink)?,
                Token::Reference(name) if self.top() == Kind::Inline => {
                    self.text("&", sink)?;
                    self.text(name, sink)?;
                    self.text(";", sink)?;
                }
                Token::Reference(name) => {
                    self.count_text(name.len())?;
                    sink.reference(name);
                }
                Token::Eof => return Err(self.truncated()),
            }
        }
        Ok(self.elements)
    }

    fn truncated(&self) -> ParseError {
        ParseError::Truncated {
            open: self.open.last().map_or_else(String::new, |o| shown(o.name)),
        }
    }

    fn top(&self) -> Kind {
        self.open.last().map_or(Kind::Structure, |open| open.kind)
    }

    fn element<S: Sink>(
        &mut self,
        tag: Tag<'t>,
        sink: &mut S,
        base: usize,
    ) -> Result<(), ParseError> {
        self.elements += 1;
        if self.elements > self.limits.max_record_elements {
            let limit = self.limits.max_record_elements;
            return Err(self.tokens.limit("elements in one record", limit));
        }
        let (name, attributes) = self.push(tag, S::BUILDS, base)?;
        sink.open(name, attributes);
        if tag.empty {
            self.pop();
            sink.close();
        }
        Ok(())
    }

    /// Opens an element; gives its name and its attributes where they are wanted.
    fn push(
        &mut self,
        tag: Tag<'t>,
        wanted: bool,
        base: usize,
    ) -> Result<(String, BTreeMap<String, String>), ParseError> {
        let in_force = self.names.in_force();
        self.declare(&tag)?;
        let name = self.names.element(tag.name);
        let is_text = name.is_text;
        let name = if wanted {
            name.usual.clone()
        } else {
            String::new()
        };
        let attributes = self.attributes(&tag, wanted)?;
        let kept = self.open.len() < base + KEPT_DEPTH - 1;
        let kind = match is_text || !kept {
            true => Kind::Text,
            false => Kind::Structure,
        };
        self.open(tag.name, kind, in_force)?;
        Ok((name, attributes))
    }

    fn open(&mut self, name: &'t str, kind: Kind, in_force: usize) -> Result<(), ParseError> {
        if name.is_empty() {
            return Err(self.tokens.ill_formed("a tag without a name"));
        }
        if self.open.len() >= self.limits.max_depth {
            let limit = self.limits.max_depth;
            return Err(self.tokens.limit("elements inside each other", limit));
        }
        self.open.push(Open {
            name,
            kind,
            text_bytes: 0,
            in_force,
        });
        Ok(())
    }

    fn pop(&mut self) {
        if let Some(open) = self.open.pop() {
            self.names.leave(open.in_force);
        }
    }

    /// Takes in the namespaces that a tag declares.
    fn declare(&mut self, tag: &Tag<'t>) -> Result<(), ParseError> {
        if !tag.attributes.contains("xmlns") {
            return Ok(());
        }
        for (name, value) in attributes(tag) {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) if prefix.starts_with(':') => &prefix[1..],
                _ => continue,
            };
            self.steps += 1;
            if self.names.in_force() >= self.limits.max_namespaces {
                let limit = self.limits.max_namespaces;
                return Err(self.tokens.limit("declarations of namespaces", limit));
            }
            let depth = self.open.len() + 1;
            self.names.declare(prefix, &text::attribute(value), depth);
        }
        Ok(())
    }

    /// A tag's attributes but for the declarations; counted, and read where they are wanted.
    fn attributes(
        &mut self,
        tag: &Tag<'t>,
        wanted: bool,
    ) -> Result<BTreeMap<String, String>, ParseError> {
        let mut read = BTreeMap::new();
        let mut count = 0;
        for (name, value) in attributes(tag) {
            count += 1;
            if count > self.limits.max_attributes {
                let limit = self.limits.max_attributes;
                return Err(self.tokens.limit("attributes on one element", limit));
            }
            if value.len() > self.limits.max_text_bytes {
                let limit = self.limits.max_text_bytes;
                return Err(self.tokens.limit("bytes in one attribute", limit));
            }
            let declares = name == "xmlns" || name.starts_with("xmlns:");
            if wanted && !declares && !name.is_empty() {
                let name = self.names.attribute(name);
                read.entry(name).or_insert_with(|| text::attribute(value));
            }
        }
        self.steps += count as u64;
        Ok(read)
    }

    fn text<S: Sink>(&mut self, raw: &str, sink: &mut S) -> Result<(), ParseError> {
        self.count_text(raw.len())?;
        sink.text(raw);
        Ok(())
    }

    /// Adds to the text of the element that a sink has open now.
    fn count_text(&mut self, bytes: usize) -> Result<(), ParseError> {
        let limit = self.limits.max_text_bytes;
        let inline = self.inline_depth();
        let at = self.open.len().saturating_sub(1 + inline);
        let Some(open) = self.open.get_mut(at) else {
            return Ok(());
        };
        open.text_bytes += bytes;
        match open.text_bytes > limit {
            true => Err(self.tokens.limit("bytes in one text", limit)),
            false => Ok(()),
        }
    }

    /// How many of the innermost open elements are markup inside a text.
    fn inline_depth(&mut self) -> usize {
        let inline = |open: &&Open<'_>| open.kind == Kind::Inline;
        let depth = self.open.iter().rev().take_while(inline).count();
        self.steps += depth as u64;
        depth
    }

    fn inline<S: Sink>(&mut self, tag: Tag<'t>, sink: &mut S) -> Result<(), ParseError> {
        self.text(tag.raw, sink)?;
        let void = || VOID.iter().any(|void| void.eq_ignore_ascii_case(tag.name));
        if tag.empty || void() {
            return Ok(());
        }
        let in_force = self.names.in_force();
        self.open(tag.name, Kind::Inline, in_force)
    }

    fn close<S: Sink>(
        &mut self,
        name: &'t str,
        raw: &'t str,
        sink: &mut S,
    ) -> Result<(), ParseError> {
        if self.top() == Kind::Structure {
            return match self.open.last() {
                Some(open) if open.name == name => {
                    self.pop();
                    sink.close();
                    Ok(())
                }
                _ => Err(self.mismatch(name)),
            };
        }
        self.close_in_text(name, raw, sink)
    }

    /// A closing tag inside a text: it closes the text, or markup in it, or nothing.
    fn close_in_text<S: Sink>(
        &mut self,
        name: &'t str,
        raw: &'t str,
        sink: &mut S,
    ) -> Result<(), ParseError> {
        let inline = self.inline_depth();
        let text_at = self.open.len() - 1 - inline;
        let same = |open: &Open<'_>| open.name == name;
        self.steps += self.open.len() as u64;
        match self.open.iter().rposition(same) {
            Some(at) if at > text_at => {
                self.text(raw, sink)?;
                self.open.truncate(at);
                Ok(())
            }
            Some(at) if at == text_at => {
                self.open.truncate(at + 1);
                self.pop();
                sink.close();
                Ok(())
            }
            // It closes an element around the text, which is open still.
            Some(_) => Err(self.mismatch(name)),
            None => self.text(raw, sink),
        }
    }

    fn mismatch(&self, name: &str) -> ParseError {
        let open = self.open.last().map(|open| shown(open.name));
        self.tokens.ill_formed(match open {
            Some(open) => format!("</{}> where <{open}> is open", shown(name)),
            None => format!("</{}> where nothing is open", shown(name)),
        })
    }
}

/// A tag's attributes as they are written; broken ones are left out.
fn attributes<'t>(tag: &Tag<'t>) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
    let mut attributes = Attributes::html(tag.attributes, 0);
    attributes.with_checks(false);
    attributes.map(|attribute| match attribute {
        Ok(attribute) => match attribute.value {
            std::borrow::Cow::Borrowed(value) => (attribute.key.0, value),
            std::borrow::Cow::Owned(_) => (attribute.key.0, ""),
        },
        // It counts towards the limit.
        Err(_) => ("", ""),
    })
}
