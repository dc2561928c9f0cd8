//! Character references, in and out.

use super::elements::{Element, element};
use super::lexer::{Lexer, Token, attribute, may_have_markup};
use std::borrow::Cow;

mod names;

/// The longest reference, from behind the `&` to its `;`.
const LONGEST: usize = 12;

/// The text with every complete reference decoded once; borrowed where there is none.
///
/// A `&` that starts no known reference is itself, and a reference needs its `;`: feeds write `AT&T` and
/// `?a=1&copy=2` more often than they leave out a semicolon.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let mut out = String::new();
    let mut copied = 0;
    let mut at = first;
    loop {
        if let Some((decoded, length)) = reference(&text[at + 1..]) {
            out.push_str(&text[copied..at]);
            out.push(decoded);
            copied = at + 1 + length;
        }
        let from = copied.max(at + 1);
        match text[from..].find('&') {
            Some(next) => at = from + next,
            None => break,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The character of a reference, and how many bytes it takes behind the `&`.
fn reference(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let end = bytes.iter().take(LONGEST).position(|b| *b == b';')?;
    let name = text.get(..end)?;
    let decoded = match name.strip_prefix('#') {
        Some(number) => numeric(number)?,
        None => named(name)?,
    };
    Some((decoded, end + 1))
}

fn named(name: &str) -> Option<char> {
    match name {
        "amp" | "AMP" => Some('&'),
        "lt" | "LT" => Some('<'),
        "gt" | "GT" => Some('>'),
        "quot" | "QUOT" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{A0}'),
        _ => names::find(name),
    }
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => digits(hex, 16)?,
        None => digits(number, 10)?,
    };
    // 128-159 are no characters; whoever writes them means Windows-1252
    const WINDOWS: [char; 32] = [
        '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž',
        '\u{FFFD}', '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ',
        '\u{FFFD}', 'ž', 'Ÿ',
    ];
    let place = code
        .checked_sub(128)
        .and_then(|at| WINDOWS.get(at as usize));
    let decoded = place.copied().or_else(|| char::from_u32(code));
    Some(decoded.filter(|c| *c != '\0').unwrap_or('\u{FFFD}'))
}

fn digits(text: &str, radix: u32) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(text, radix).ok()
}

/// Whether a text without markup is markup that was escaped once too often.
///
/// `&lt;b&gt;` alone may be a text about HTML; an end tag, a paragraph, a line break or a link is not.
pub(super) fn is_escaped_markup(text: &str) -> bool {
    let escaped = ["&lt;", "&LT;", "&#60;", "&#x3"];
    if !escaped.iter().any(|start| text.contains(start)) || may_have_markup(text) {
        return false;
    }
    Lexer::new(&decode(text)).any(|token| match token {
        Token::Close { name } => element(name) != Element::Unknown,
        Token::Open { name, attributes } => {
            matches!(element(name), Element::Keep(tag) if tag.block)
                || attribute(attributes, "href").is_some()
                || attribute(attributes, "src").is_some()
        }
        _ => false,
    })
}

/// Writes decoded text as HTML, without characters that HTML or a reader should not see.
pub(super) fn escape(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let (mut copied, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        if !needs_a_look(*byte) {
            at += 1;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or_default();
        let end = at + c.len_utf8();
        let replacement = match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '\r' if text[end..].starts_with('\n') => Some(""),
            '\r' | '\u{2028}' | '\u{2029}' => Some("\n"),
            _ if is_forbidden(c) => Some(""),
            _ => None,
        };
        if let Some(replacement) = replacement {
            out.push_str(&text[copied..at]);
            out.push_str(replacement);
            copied = end;
        }
        at = end;
    }
    out.push_str(&text[copied..]);
}

/// Whether a character that begins with this byte can be one to replace; no byte inside a character is such.
fn needs_a_look(byte: u8) -> bool {
    match byte {
        b'\n' | b'\t' => false,
        b'&' | b'<' | b'>' | 0..=0x1f | 0x7f => true,
        // where U+0080 to U+009F, U+2028 to U+2069 and U+FDD0 to U+FFFF begin
        0xc2 | 0xe2 | 0xef => true,
        _ => false,
    }
}

/// Control characters, overrides of the writing direction and what is no character.
pub(super) fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFFE}' | '\u{FFFF}')
}
