//! Cuts HTML into text and tags in one pass, as forgiving as feeds need and never worse than linear.

use super::elements::{Element, element};

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text in which references are not decoded yet.
    Text(&'a str),
    /// A start tag; `attributes` is all between the name and the `>`.
    Open { name: &'a str, attributes: &'a str },
    /// An end tag.
    Close { name: &'a str },
    /// A comment, a declaration or a processing instruction.
    Other,
}

/// Whether a text has anything that could be a tag or a comment.
pub(super) fn may_have_markup(html: &str) -> bool {
    let bytes = html.as_bytes();
    (html.match_indices('<')).any(|(at, _)| {
        let next = bytes.get(at + 1);
        next.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'))
    })
}

/// The place in a piece of HTML.
pub(super) struct Lexer<'a> {
    rest: &'a str,
    /// Quotes are minded until one turns out not to be closed.
    quotes: bool,
    /// No `>` is left, so that no `<` starts a tag any more.
    ended: bool,
    /// Names for which no end tag is left, so that none is searched for twice.
    unclosed: Vec<&'a str>,
    /// A tag was not closed or a quote left open: only a parser can say what was meant.
    pub(super) sloppy: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self {
            rest: html,
            quotes: true,
            ended: false,
            unclosed: Vec::new(),
            sloppy: false,
        }
    }

    /// Passes over the content of an element whose start tag has just been read, and its end tag; `false`
    /// and nothing passed over where there is none.
    ///
    /// Nested elements of the same name are not counted: what is left of them is text.
    pub(super) fn skip_content(&mut self, name: &'a str) -> bool {
        if (self.unclosed.iter()).any(|known| known.eq_ignore_ascii_case(name)) {
            return false;
        }
        let mut from = 0;
        while let Some(at) = self.rest[from..].find("</") {
            let start = from + at + 2;
            let behind = &self.rest.as_bytes()[start..];
            if behind.len() >= name.len()
                && behind[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                && !behind
                    .get(name.len())
                    .is_some_and(u8::is_ascii_alphanumeric)
            {
                self.rest = &self.rest[start - 2..];
                self.next();
                return true;
            }
            from = start;
        }
        self.unclosed.push(name);
        false
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    /// The end of the tag that starts here: the place of its `>`.
    fn tag_end(&mut self) -> Option<usize> {
        if self.ended {
            return None;
        }
        let bytes = self.rest.as_bytes();
        if self.quotes {
            let mut quote = None;
            let mut value = false;
            for (at, b) in bytes.iter().enumerate() {
                match (quote, b) {
                    (Some(open), b) if open == *b => quote = None,
                    (Some(_), _) => {}
                    (None, b'>') => return Some(at),
                    (None, b'"' | b'\'') if value => quote = Some(*b),
                    _ => {}
                }
                value = *b == b'=' || (value && b.is_ascii_whitespace());
            }
            self.sloppy = true;
            if quote.is_none() {
                self.ended = true;
                return None;
            }
            self.quotes = false;
        }
        let end = self.rest.find('>');
        self.ended = end.is_none();
        end
    }

    /// Whether a `<` without a `>` behind it is the rest of a tag and not a sign: the name of an element,
    /// with nothing behind it or an attribute.
    fn is_cut_off(&self) -> bool {
        let (name, behind) = split_name(self.rest[1..].trim_start_matches('/'));
        self.ended
            && element(name) != Element::Unknown
            && (behind.is_empty() || (!behind.contains('<') && behind.contains('=')))
    }

    fn tag(&mut self) -> Option<Token<'a>> {
        let bytes = self.rest.as_bytes();
        match bytes.get(1)? {
            b'!' | b'?' => {
                let end = if self.rest.starts_with("<!--") {
                    self.rest.find("-->").map(|at| at + 3)
                } else {
                    self.rest.find('>').map(|at| at + 1)
                };
                self.sloppy |= end.is_none();
                self.take(end.unwrap_or(self.rest.len()));
                Some(Token::Other)
            }
            b'/' if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                let end = self.tag_end()?;
                let inside = &self.take(end + 1)[2..end];
                let name = split_name(inside).0;
                Some(Token::Close { name })
            }
            b if b.is_ascii_alphabetic() => {
                let end = self.tag_end()?;
                let (name, attributes) = split_name(&self.take(end + 1)[1..end]);
                Some(Token::Open { name, attributes })
            }
            _ => None,
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if !self.rest.starts_with('<') {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            return Some(Token::Text(self.take(end)));
        }
        if let Some(token) = self.tag() {
            return Some(token);
        }
        // not a tag: either a sign in the text, or a tag that is cut off by the end
        if self.is_cut_off() {
            self.sloppy = true;
            self.rest = "";
            return None;
        }
        let end = self.rest[1..]
            .find('<')
            .map_or(self.rest.len(), |at| at + 1);
        Some(Token::Text(self.take(end)))
    }
}

/// The name at the start of a tag, and what is behind it.
fn split_name(tag: &str) -> (&str, &str) {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '<'));
    tag.split_at(end.unwrap_or(tag.len()))
}

/// The value of an attribute as it stands, without its quotes.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'));
        // a stray `=` is a name of its own
        let (name, behind) = rest.split_at(end.unwrap_or(rest.len()).max(first_len(rest)));
        let behind = behind.trim_start();
        let Some(value) = behind.strip_prefix('=') else {
            rest = behind;
            continue;
        };
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            _ => value.split_at(
                value
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(value.len()),
            ),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = behind;
    }
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}
