//! The text of HTML, a line for each block.

use super::elements::{Element, element};
use super::entities::{decode, is_forbidden};
use super::lexer::{Lexer, Token, may_have_markup};

/// Reads HTML or plain text. In HTML a line end is white space, in plain text it stays.
pub(super) fn read(html: &str) -> String {
    let mut text = Folded {
        out: String::with_capacity(html.len()),
        pending: None,
        keep_lines: !may_have_markup(html),
    };
    let mut lexer = Lexer::new(html);
    while let Some(token) = lexer.next() {
        match token {
            Token::Text(piece) => text.push(&decode(piece)),
            Token::Other => {}
            Token::Open { name, .. } => match element(name) {
                Element::Drop => {
                    lexer.skip_content(name);
                }
                fate => text.boundary(fate),
            },
            Token::Close { name } => text.boundary(element(name)),
        }
    }
    text.out
}

/// Text in which white space is written only once something follows it.
struct Folded {
    out: String,
    pending: Option<char>,
    keep_lines: bool,
}

impl Folded {
    fn push(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            // Nearly all of nearly every text is words with one space between them.
            let plain = plain_run(rest.as_bytes());
            if plain > 0 {
                self.out.extend(self.pending.take());
                self.out.push_str(&rest[..plain]);
                rest = &rest[plain..];
            } else {
                rest = self.one(rest);
            }
        }
    }

    /// Takes one character that needs a look; gives the rest.
    fn one<'t>(&mut self, text: &'t str) -> &'t str {
        let mut chars = text.chars();
        if let Some(c) = chars.next() {
            if c.is_whitespace() {
                let line = self.keep_lines && matches!(c, '\n' | '\u{2028}' | '\u{2029}');
                self.pend(if line { '\n' } else { ' ' });
            } else if !is_forbidden(c) {
                self.out.extend(self.pending.take());
                self.out.push(c);
            }
        }
        chars.as_str()
    }

    fn boundary(&mut self, fate: Element) {
        match fate {
            Element::Keep(tag) if matches!(tag.name, "td" | "th") => self.pend(' '),
            Element::Keep(tag) if tag.block => self.pend('\n'),
            _ => {}
        }
    }

    fn pend(&mut self, space: char) {
        if !self.out.is_empty() && self.pending != Some('\n') {
            self.pending = Some(space);
        }
    }
}

/// How many bytes from the start are visible ASCII, with single spaces only inside.
fn plain_run(bytes: &[u8]) -> usize {
    let visible = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, 0x21..=0x7e));
    let mut at = 0;
    while visible(bytes.get(at)) {
        at += 1;
        if bytes.get(at) == Some(&b' ') && visible(bytes.get(at + 1)) {
            at += 1;
        }
    }
    at
}
