//! A single line of plain text from a field that may hold anything.

use super::elements::{Element, element};
use super::entities::{decode, is_forbidden};
use super::lexer::{Lexer, Token, may_have_markup};
use super::{LONGEST_TEXT, Repair, Repaired, head, note};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// How often a text can have been encoded before it is taken for an attack.
const MOST_ROUNDS: usize = 8;

pub(super) fn read(raw: &str) -> Repaired<String> {
    let trimmed = raw.trim();
    if trimmed.len() <= LONGEST_TEXT && is_clean(trimmed) {
        return Repaired::clean(trimmed.to_owned());
    }
    let mut repairs = Vec::new();
    if trimmed.len() > 4 * LONGEST_TEXT {
        note(&mut repairs, Repair::TextTruncated);
    }
    let mut text = fold(head(trimmed, 4 * LONGEST_TEXT), &mut repairs);
    for _ in 0..MOST_ROUNDS {
        let next = fold(&unwrap(&text, &mut repairs), &mut repairs);
        if next == text {
            return Repaired {
                value: text,
                repairs,
            };
        }
        text = next;
    }
    text.retain(|c| !matches!(c, '<' | '&'));
    note(&mut repairs, Repair::TextTagsRemoved);
    let value = fold(&text, &mut repairs);
    Repaired { value, repairs }
}

/// Whether a text needs none of the work below; this is the way of nearly all titles.
fn is_clean(text: &str) -> bool {
    let mut space = false;
    for b in text.bytes() {
        if matches!(b, b'<' | b'&' | 0..=0x1F | 0x7F) || (space && b == b' ') {
            return false;
        }
        space = b == b' ';
    }
    text.is_ascii()
        || (!(text.chars()).any(|c| !c.is_ascii() && (c.is_whitespace() || is_forbidden(c)))
            && is_nfc_quick(text.chars()) == IsNormalized::Yes)
}

/// Removes tags and decodes references, once.
fn unwrap(text: &str, repairs: &mut Vec<Repair>) -> String {
    if !may_have_markup(text) {
        let decoded = decode(text);
        if matches!(decoded, std::borrow::Cow::Owned(_)) {
            note(repairs, Repair::TextEntitiesDecoded);
        }
        return decoded.into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut lexer = Lexer::new(text);
    while let Some(token) = lexer.next() {
        let fate = match token {
            Token::Text(piece) => {
                let decoded = decode(piece);
                if decoded.len() != piece.len() {
                    note(repairs, Repair::TextEntitiesDecoded);
                }
                out.push_str(&decoded);
                continue;
            }
            Token::Open { name, attributes } => {
                let fate = element(name);
                if fate == Element::Unknown && attributes.is_empty() {
                    out.extend(["<", name, ">"]);
                    continue;
                }
                if fate == Element::Drop {
                    lexer.skip_content(name);
                }
                fate
            }
            Token::Close { name } => element(name),
            Token::Other => Element::Unwrap,
        };
        note(repairs, Repair::TextTagsRemoved);
        if matches!(fate, Element::Keep(tag) if tag.block) {
            out.push(' ');
        }
    }
    out
}

/// Folds white space, removes what must not be seen, brings to NFC and cuts.
fn fold(text: &str, repairs: &mut Vec<Repair>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if is_forbidden(c) {
            note(repairs, Repair::TextControlsRemoved);
        } else {
            if space {
                out.push(' ');
                space = false;
            }
            out.push(c);
        }
    }
    if is_nfc_quick(out.chars()) != IsNormalized::Yes {
        out = out.nfc().collect();
    }
    if out.len() > LONGEST_TEXT {
        note(repairs, Repair::TextTruncated);
        out.truncate(out.floor_char_boundary(LONGEST_TEXT));
        out.truncate(out.trim_end().len());
    }
    if out != text && repairs.is_empty() {
        note(repairs, Repair::TextNormalised);
    }
    out
}
