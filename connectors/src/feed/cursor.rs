//! Walks through a document's elements: what closes what, what goes beyond a limit, and where
//! markup is text.
//!
//! Outside of texts the document must be well-formed. Inside an element that holds text for
//! people, markup is part of the text, and tags that HTML leaves open (`<br>`) do no harm.

mod inline;
mod tags;

use std::collections::BTreeMap;

use mediamesh_domain::repair::Repair;

use super::element::Sink;
use super::error::{ParseError, shown};
use super::limits::Limits;
use super::names::{Dialect, Names};
use super::noted::Noted;
use super::tokens::{Tag, Token, Tokens};

#[derive(Debug)]
pub(super) struct Cursor<'t> {
    tokens: Tokens<'t>,
    names: Names<'t>,
    limits: Limits,
    open: Vec<Open<'t>>,
    /// Elements of the record so far.
    elements: usize,
    noted: Noted,
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
            noted: Noted::default(),
            steps: 0,
        }
    }

    /// The work done: bytes, tokens and comparisons.
    pub(super) fn steps(&self) -> u64 {
        self.tokens.steps() + self.names.steps() + self.steps
    }

    /// Reads names as those of this language from here on.
    pub(super) fn speak(&mut self, dialect: Dialect) {
        self.names.speak(dialect);
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.names.dialect()
    }

    pub(super) fn note(&mut self, repair: Repair) {
        self.noted.note(repair);
    }

    /// What was repaired so far.
    pub(super) fn noted(&self) -> Noted {
        let mut noted = self.noted;
        noted.add(self.names.noted());
        noted
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
                Token::Text(raw) => self.raw_text(raw, sink)?,
                Token::CData(raw) => self.text(raw, sink)?,
                Token::Reference(name) if self.top() == Kind::Inline => {
                    self.text("&", sink)?;
                    self.text(name, sink)?;
                    self.text(";", sink)?;
                }
                Token::Reference(name) => {
                    if !super::text::is_defined(name) {
                        self.noted.note(Repair::EntityUndefined);
                    }
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

    fn pop(&mut self) {
        if let Some(open) = self.open.pop() {
            self.names.leave(open.in_force);
        }
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

    fn mismatch(&self, name: &str) -> ParseError {
        let open = self.open.last().map(|open| shown(open.name));
        self.tokens.ill_formed(match open {
            Some(open) => format!("</{}> where <{open}> is open", shown(name)),
            None => format!("</{}> where nothing is open", shown(name)),
        })
    }
}
