//! Texts of JSON and their escapes.

use std::borrow::Cow;

use mediamesh_domain::repair::Repair;

use crate::feed::error::ParseError;

use super::Reader;

impl<'t> Reader<'t> {
    /// The text that begins here with its quote.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, ParseError> {
        let from = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = from;
        let mut escaped = false;
        let mut loose = false;
        loop {
            match bytes.get(at) {
                None => {
                    self.at = bytes.len();
                    return Err(self.unexpected("a quote"));
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(byte) => {
                    loose |= *byte < 0x20;
                    at += 1;
                }
            }
        }
        if loose {
            self.noted.note(Repair::JsonLoose);
        }
        self.at = at + 1;
        // An escape may take only one byte of a longer character; what follows it is in place again.
        let raw = self.text.get(from..at).unwrap_or_default();
        if raw.len() > self.limits.max_text_bytes {
            return Err(self.limit("bytes in one text", self.limits.max_text_bytes));
        }
        Ok(match escaped {
            true => Cow::Owned(unescape(raw)),
            false => Cow::Borrowed(raw),
        })
    }
}

/// The text that escapes stand for; one that JSON does not know stays as it is written.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let Some(c) = behind.chars().next() else {
            break;
        };
        rest = &behind[c.len_utf8()..];
        match c {
            '"' | '\\' | '/' => out.push(c),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => rest = unicode(rest, &mut out),
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out.push_str(rest);
    out
}

/// Reads the digits of `\u`, and the second half of a pair; gives the rest.
fn unicode<'t>(text: &'t str, out: &mut String) -> &'t str {
    let Some(first) = four(text) else {
        out.push_str("\\u");
        return text;
    };
    let rest = &text[4..];
    if (0xd800..0xdc00).contains(&first) {
        let second = rest.strip_prefix("\\u").and_then(four);
        if let Some(second) = second.filter(|second| (0xdc00..0xe000).contains(second)) {
            let pair = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            out.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
            return &rest[6..];
        }
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    rest
}

fn four(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    let only = digits.bytes().all(|b| b.is_ascii_hexdigit());
    only.then(|| u32::from_str_radix(digits, 16).ok())?
}
