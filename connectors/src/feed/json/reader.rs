//! Reads JSON in one pass and in place, as forgiving as feeds need.

mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

use mediamesh_domain::repair::Repair;

use crate::feed::element::Sink;
use crate::feed::error::ParseError;
use crate::feed::limits::{KEPT_DEPTH, Limits};
use crate::feed::noted::Noted;

use super::NAMELESS;

/// The place in a JSON text.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    limits: Limits,
    began: Instant,
    values: u64,
    noted: Noted,
    /// Elements of the record so far.
    elements: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, start: usize, limits: &Limits) -> Self {
        Self {
            text,
            at: start,
            limits: *limits,
            began: Instant::now(),
            values: 0,
            noted: Noted::default(),
            elements: 0,
        }
    }

    /// Where in the text it stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Values and bytes read, as a measure of work.
    pub(super) fn steps(&self) -> u64 {
        self.values + self.at as u64
    }

    pub(super) fn noted(&self) -> Noted {
        self.noted
    }

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Takes the byte that opens or closes something.
    pub(super) fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Whether an object or array goes on; its end is taken.
    pub(super) fn goes_on(&mut self, first: bool, end: u8) -> Result<bool, ParseError> {
        if first {
            return Ok(!self.take(end));
        }
        let mut commas = 0;
        while self.take(b',') {
            commas += 1;
        }
        let ends = self.take(end);
        if commas > 1 || (commas == 1 && ends) {
            self.noted.note(Repair::JsonLoose);
        }
        match (ends, commas) {
            (true, _) => Ok(false),
            (false, 0) => Err(self.unexpected("a comma or an end")),
            (false, _) => Ok(true),
        }
    }

    /// The name of a member, and the colon behind it.
    pub(super) fn name(&mut self) -> Result<Cow<'t, str>, ParseError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("the name of a member"));
        }
        let name = self.string()?;
        match self.take(b':') {
            true => Ok(name),
            false => Err(self.unexpected("a colon")),
        }
    }

    /// Walks over a value of a record of which `already` elements are known; gives how many those
    /// are now.
    pub(super) fn value<S: Sink>(
        &mut self,
        name: &str,
        sink: &mut S,
        already: usize,
    ) -> Result<usize, ParseError> {
        self.elements = already;
        self.nested(name, sink, 1)?;
        Ok(self.elements)
    }

    /// Walks over one value of an array.
    pub(super) fn single<S: Sink>(&mut self, name: &str, sink: &mut S) -> Result<(), ParseError> {
        self.elements = 0;
        self.one(name, sink, 1)
    }

    fn nested<S: Sink>(
        &mut self,
        name: &str,
        sink: &mut S,
        depth: usize,
    ) -> Result<(), ParseError> {
        if !self.take(b'[') {
            return self.one(name, sink, depth);
        }
        let mut first = true;
        while self.goes_on(first, b']')? {
            self.one(name, sink, depth)?;
            first = false;
        }
        Ok(())
    }

    /// One value, an array in it as an element of its own.
    fn one<S: Sink>(&mut self, name: &str, sink: &mut S, depth: usize) -> Result<(), ParseError> {
        self.count()?;
        let from = match self.peek() {
            None => return Err(self.unexpected("a value")),
            Some(_) => self.at,
        };
        if self.text[from..].starts_with("null") && self.scalar() == "null" {
            return Ok(());
        }
        self.at = from;
        sink.open(owned::<S>(name), BTreeMap::new());
        match self.text.as_bytes()[from] {
            b'{' | b'[' if depth >= KEPT_DEPTH => {
                self.skip()?;
                sink.text(&self.text[from..self.at]);
            }
            b'{' => self.object(sink, depth)?,
            b'[' => self.array(sink, depth)?,
            b'"' => {
                let text = self.string()?;
                sink.text(&text);
            }
            _ => {
                let text = self.scalar();
                let known = matches!(text, "true" | "false");
                if !known && !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
                    return Err(self.unexpected("a value"));
                }
                sink.text(text);
            }
        }
        sink.close();
        Ok(())
    }

    fn object<S: Sink>(&mut self, sink: &mut S, depth: usize) -> Result<(), ParseError> {
        self.at += 1;
        let mut first = true;
        while self.goes_on(first, b'}')? {
            let name = self.name()?;
            self.nested(&name, sink, depth + 1)?;
            first = false;
        }
        Ok(())
    }

    fn array<S: Sink>(&mut self, sink: &mut S, depth: usize) -> Result<(), ParseError> {
        self.at += 1;
        let mut first = true;
        while self.goes_on(first, b']')? {
            self.one(NAMELESS, sink, depth + 1)?;
            first = false;
        }
        Ok(())
    }

    /// Passes over a value, however deep it is within the limit.
    fn skip(&mut self) -> Result<(), ParseError> {
        let mut open = Vec::new();
        let from = self.at;
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.unexpected("a value"));
            };
            match byte {
                b'{' | b'[' => open.push(byte + 2),
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'}' | b']' if open.pop() != Some(byte) => {
                    return Err(self.unexpected("another end"));
                }
                _ => {}
            }
            self.at += self.text[self.at..]
                .chars()
                .next()
                .map_or(1, char::len_utf8);
            if open.len() + KEPT_DEPTH > self.limits.max_depth {
                let limit = self.limits.max_depth;
                return Err(self.limit("values inside each other", limit));
            }
            self.count()?;
            if open.is_empty() {
                break;
            }
        }
        match self.at - from > self.limits.max_text_bytes {
            true => Err(self.limit("bytes in one text", self.limits.max_text_bytes)),
            false => Ok(()),
        }
    }

    /// What stands to the next sign: a number or a word.
    fn scalar(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let is_end = |c: char| c.is_whitespace() || ",:]}[{\"".contains(c);
        let scalar = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += scalar.len();
        scalar
    }

    /// Counts a value; looks at the limits of their number and of the time.
    fn count(&mut self) -> Result<(), ParseError> {
        self.values += 1;
        self.elements += 1;
        if self.elements > self.limits.max_record_elements {
            let limit = self.limits.max_record_elements;
            return Err(self.limit("elements in one record", limit));
        }
        let look = self.values.is_multiple_of(1024) || self.values == 1;
        if look && self.began.elapsed() > self.limits.max_time {
            return Err(ParseError::TookTooLong {
                limit: self.limits.max_time,
            });
        }
        Ok(())
    }

    /// Nothing but white space may follow.
    pub(super) fn end(&mut self) -> Result<(), ParseError> {
        match self.peek() {
            None | Some(0) => Ok(()),
            Some(_) => Err(self.unexpected("the end")),
        }
    }

    /// An error where something else was due; the end of the text is no surprise but a cut.
    pub(super) fn unexpected(&mut self, due: &str) -> ParseError {
        if self.peek().is_none() {
            return ParseError::Truncated {
                open: "JSON".to_owned(),
            };
        }
        ParseError::IllFormed {
            line: self.line(),
            what: format!("JSON that is broken: {due} is missing"),
        }
    }

    fn limit(&self, what: &'static str, limit: usize) -> ParseError {
        ParseError::Limit {
            line: self.line(),
            what,
            limit,
        }
    }

    fn line(&self) -> usize {
        let before = &self.text.as_bytes()[..self.at.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// A name for a sink that wants one.
fn owned<S: Sink>(name: &str) -> String {
    match S::BUILDS {
        true => name.to_owned(),
        false => String::new(),
    }
}
