//! Cuts a text into tags and text: quick-xml's events as slices of the document.
//!
//! Comments and processing instructions are left out, a DOCTYPE ends it. Whether tags match is for
//! the cursor to judge.

use std::fmt;
use std::time::Instant;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::error::ParseError;
use super::format;
use super::limits::Limits;

/// A piece of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Open(Tag<'t>),
    Close {
        name: &'t str,
        raw: &'t str,
    },
    /// Text without references.
    Text(&'t str),
    /// What stands between `&` and `;`.
    Reference(&'t str),
    CData(&'t str),
    Eof,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    pub(super) name: &'t str,
    /// What follows the name.
    pub(super) attributes: &'t str,
    pub(super) raw: &'t str,
    /// Whether it closes itself.
    pub(super) empty: bool,
}

pub(super) struct Tokens<'t> {
    text: &'t str,
    /// Where in the text the reader began.
    start: usize,
    reader: Reader<&'t [u8]>,
    limits: Limits,
    began: Instant,
    count: u64,
    bytes: u64,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str, start: usize, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text.get(start..).unwrap_or_default());
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        Self {
            text,
            start,
            reader,
            limits: *limits,
            began: Instant::now(),
            count: 0,
            bytes: 0,
        }
    }

    pub(super) fn next(&mut self) -> Result<Token<'t>, ParseError> {
        loop {
            self.check_time()?;
            let from = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.broken(from, &error)),
            };
            let raw = self.text.get(from..self.position()).unwrap_or_default();
            self.count += 1;
            self.bytes += raw.len() as u64;
            let token = match event {
                Event::Start(tag) => Token::Open(cut(raw, tag.name().as_ref().len(), 1)),
                Event::Empty(tag) => Token::Open(cut(raw, tag.name().as_ref().len(), 2)),
                Event::End(_) => Token::Close {
                    name: between(raw, 2, 1).trim_end(),
                    raw,
                },
                Event::Text(_) => Token::Text(raw),
                Event::GeneralRef(_) => Token::Reference(between(raw, 1, 1)),
                Event::CData(_) => Token::CData(between(raw, "<![CDATA[".len(), "]]>".len())),
                Event::DocType(_) => {
                    return Err(format::doctype(between(raw, "<!DOCTYPE".len(), 1)));
                }
                Event::Eof => Token::Eof,
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
            };
            return Ok(token);
        }
    }

    /// Tokens and bytes read, as a measure of work.
    pub(super) fn steps(&self) -> u64 {
        self.count + self.bytes
    }

    /// An error about what was read last.
    pub(super) fn ill_formed(&self, what: impl Into<String>) -> ParseError {
        ParseError::IllFormed {
            line: self.line(self.position()),
            what: what.into(),
        }
    }

    /// A limit that what was read last goes beyond.
    pub(super) fn limit(&self, what: &'static str, limit: usize) -> ParseError {
        ParseError::Limit {
            line: self.line(self.position()),
            what,
            limit,
        }
    }

    fn position(&self) -> usize {
        let read = usize::try_from(self.reader.buffer_position());
        self.start.saturating_add(read.unwrap_or(usize::MAX))
    }

    fn line(&self, position: usize) -> usize {
        let before = self.text.as_bytes();
        let before = &before[..position.min(before.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    fn check_time(&self) -> Result<(), ParseError> {
        let look = self.count.is_multiple_of(1024);
        if look && self.began.elapsed() > self.limits.max_time {
            return Err(ParseError::TookTooLong {
                limit: self.limits.max_time,
            });
        }
        Ok(())
    }

    /// The reader's errors are about markup that never ends, or begins in no known way.
    fn broken(&self, from: usize, error: &quick_xml::Error) -> ParseError {
        use quick_xml::errors::SyntaxError;
        let what = match error {
            quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => "unknown markup after <!",
            quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => return ParseError::Doctype,
            quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => "CDATA that never ends",
            quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => "a comment that never ends",
            _ => "a tag that never ends",
        };
        ParseError::IllFormed {
            line: self.line(from),
            what: what.to_owned(),
        }
    }
}

impl fmt::Debug for Tokens<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

/// A start tag of its raw text, which ends in `closing` bytes of `>` or `/>`.
fn cut(raw: &str, name_len: usize, closing: usize) -> Tag<'_> {
    let content = between(raw, 1, closing);
    Tag {
        name: content.get(..name_len).unwrap_or_default(),
        attributes: content.get(name_len..).unwrap_or_default(),
        raw,
        empty: closing == 2,
    }
}

fn between(raw: &str, before: usize, after: usize) -> &str {
    let end = raw.len().saturating_sub(after);
    raw.get(before..end).unwrap_or_default()
}
