//! Texts, and the markup inside them, which is text too.

use mediamesh_domain::repair::Repair;

use crate::feed::element::Sink;
use crate::feed::error::ParseError;
use crate::feed::names::Dialect;
use crate::feed::tokens::Tag;

use super::{Cursor, Kind, Open};

/// Elements of HTML that are never closed.
const VOID: &[&str] = &["br", "hr", "img", "input", "meta", "source", "track", "wbr"];

impl<'t> Cursor<'t> {
    /// Text as it stands in the document.
    pub(super) fn raw_text<S: Sink>(&mut self, raw: &str, sink: &mut S) -> Result<(), ParseError> {
        if raw.contains('&') {
            self.noted.note(Repair::AmpersandBare);
        }
        self.text(raw, sink)
    }

    pub(super) fn text<S: Sink>(&mut self, raw: &str, sink: &mut S) -> Result<(), ParseError> {
        self.count_text(raw.len())?;
        sink.text(raw);
        Ok(())
    }

    /// Adds to the text of the element that a sink has open now.
    pub(super) fn count_text(&mut self, bytes: usize) -> Result<(), ParseError> {
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

    pub(super) fn inline<S: Sink>(&mut self, tag: Tag<'t>, sink: &mut S) -> Result<(), ParseError> {
        // Atom writes XHTML so, and `body` is nothing else.
        let meant = |open: &Open<'_>| open.name.ends_with("body") || open.kind == Kind::Inline;
        if self.dialect() == Dialect::Rss && !self.open.last().is_some_and(meant) {
            self.noted.note(Repair::MarkupUnescaped);
        }
        self.text(tag.raw, sink)?;
        let void = || VOID.iter().any(|void| void.eq_ignore_ascii_case(tag.name));
        if tag.empty || void() {
            return Ok(());
        }
        let in_force = self.names.in_force();
        self.open(tag.name, Kind::Inline, in_force)
    }

    /// A closing tag inside a text: it closes the text, or markup in it, or nothing.
    pub(super) fn close_in_text<S: Sink>(
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
}
