//! The one writer of HTML: allowed elements anew, everything else as escaped text or not at all.
//!
//! It gives up on markup that is not properly nested, which only a parser can put right; what it has written
//! itself it always reads and writes again without change.

use super::elements::{Element, Tag, element};
use super::entities::{decode, escape};
use super::lexer::{Lexer, Token, attribute};
use super::{Repair, note, paragraphs};
use std::fmt::Write as _;

mod link;

/// Deeper nesting than this is no show notes.
const DEEPEST: usize = 48;

/// The safe form of well-nested HTML, or nothing where it is not well nested.
///
/// Links that are relative lead to what they are relative to `base`.
pub(super) fn write(html: &str, base: Option<&str>, repairs: &mut Vec<Repair>) -> Option<String> {
    let mut lexer = Lexer::new(html);
    let mut writer = Writer {
        out: String::with_capacity(html.len() + html.len() / 8),
        open: Vec::new(),
        has_tag: false,
        has_block: false,
        has_text: false,
        base,
        repairs,
    };
    while let Some(token) = lexer.next() {
        match token {
            Token::Text(text) => writer.text(text),
            Token::Other => {}
            Token::Close { name } => writer.close(name)?,
            Token::Open { name, attributes } => match element(name) {
                Element::Keep(tag) => writer.keep(tag, name, attributes)?,
                Element::Unwrap => writer.push(None, name)?,
                Element::Drop => {
                    note(writer.repairs, Repair::HtmlRemoved);
                    if !attributes.ends_with('/') && !lexer.skip_content(name) {
                        return None;
                    }
                }
                Element::Void(true) | Element::Unknown => note(writer.repairs, Repair::HtmlRemoved),
                Element::Void(false) => {}
            },
        }
    }
    if lexer.sloppy || !writer.open.is_empty() {
        return None;
    }
    Some(writer.finish())
}

/// An element whose end tag has not come yet.
struct Open<'a> {
    /// What it is written as; `None` where only its content is.
    tag: Option<Tag>,
    /// Its name in the feed.
    name: &'a str,
    /// The length of the output before and behind its start tag.
    start: usize,
    content: usize,
}

struct Writer<'a, 'r> {
    out: String,
    open: Vec<Open<'a>>,
    has_tag: bool,
    has_block: bool,
    has_text: bool,
    base: Option<&'r str>,
    repairs: &'r mut Vec<Repair>,
}

impl<'a> Writer<'a, '_> {
    fn text(&mut self, text: &str) {
        let start = self.out.len();
        escape(&mut self.out, &decode(text));
        self.has_text |= !self.out[start..].trim().is_empty();
    }

    fn keep(&mut self, tag: Tag, name: &'a str, attributes: &'a str) -> Option<()> {
        if tag.void {
            let _ = write!(self.out, "<{}>", tag.name);
            self.has_tag = true;
            self.has_block = true;
            return Some(());
        }
        if tag.block && self.is_open("p") {
            return None;
        }
        if tag.name != "a" {
            return self.push(Some(tag), name);
        }
        if self.is_open("a") {
            return None;
        }
        let href = attribute(attributes, "href").map(decode);
        let base = self.base;
        match href.as_deref().map(|href| link::safe_at(href, base)) {
            // an anchor without a link is a place to jump to, which nobody misses
            None => self.push(None, name),
            Some(None) => {
                note(self.repairs, Repair::HtmlRemoved);
                self.push(None, name)
            }
            Some(Some(href)) => {
                let start = self.out.len();
                self.out.push_str("<a href=\"");
                link::escape(&mut self.out, &href);
                self.out.push_str("\" rel=\"nofollow noopener\">");
                self.push_from(start, Some(tag), name)
            }
        }
    }

    fn push(&mut self, tag: Option<Tag>, name: &'a str) -> Option<()> {
        let start = self.out.len();
        if let Some(tag) = tag {
            self.out.push('<');
            self.out.push_str(tag.name);
            self.out.push('>');
        }
        self.push_from(start, tag, name)
    }

    fn push_from(&mut self, start: usize, tag: Option<Tag>, name: &'a str) -> Option<()> {
        self.open.push(Open {
            tag,
            name,
            start,
            content: self.out.len(),
        });
        (self.open.len() <= DEEPEST).then_some(())
    }

    fn close(&mut self, name: &str) -> Option<()> {
        match element(name) {
            Element::Keep(tag) if tag.void => return None,
            Element::Keep(_) | Element::Unwrap => {}
            Element::Void(_) | Element::Drop | Element::Unknown => return Some(()),
        }
        let open = self.open.pop()?;
        if !open.name.eq_ignore_ascii_case(name) {
            return None;
        }
        let Some(tag) = open.tag else {
            return Some(());
        };
        let inside = &self.out[open.content..];
        let empty = if tag.block {
            inside.trim().is_empty()
        } else {
            inside.is_empty()
        };
        if tag.needs_content && empty {
            self.out.truncate(open.start);
            return Some(());
        }
        self.has_tag = true;
        self.has_block |= tag.block;
        let _ = write!(self.out, "</{}>", tag.name);
        Some(())
    }

    fn is_open(&self, name: &str) -> bool {
        let mut tags = self.open.iter().filter_map(|open| open.tag);
        tags.any(|tag| tag.name == name)
    }

    fn finish(self) -> String {
        if !self.has_text {
            return String::new();
        }
        if !self.has_tag {
            return paragraphs::write(&decode(&self.out));
        }
        let text = self.out.trim();
        if !self.has_block && text.contains('\n') {
            // nothing but links and emphasis: the line ends are all the structure there is
            return text.replace('\n', "<br>\n");
        }
        text.to_owned()
    }
}
