//! Feeds' HTML made safe to show, and feeds' text freed of HTML.
//!
//! [`sanitise`] is for show notes, [`text`] for titles and other single lines, [`plain`] for what is searched
//! and previewed. Nothing a feed wrote is copied into markup: allowed elements are written anew by one small
//! writer, so whatever a parser might make of the original cannot matter to the reader's browser.

mod elements;
mod entities;
mod lexer;
mod line;
mod paragraphs;
mod plain;
mod rewrite;
#[cfg(test)]
mod tests;
mod tidy;

use super::{Repair, Repaired, note};
use std::borrow::Cow;

/// The most bytes of show notes that are kept, markup included.
pub const LONGEST_HTML: usize = 128 * 1024;

/// The most bytes of a single line that are kept.
pub const LONGEST_TEXT: usize = 4 * 1024;

/// Show notes as safe HTML; the result is a fixed point.
///
/// Kept are paragraphs, line breaks, lists, headings, emphasis, quotations, code, plain tables and links
/// (`http`, `https`, `mailto`, with `rel="nofollow noopener"`), without any other attribute. Text without markup becomes
/// paragraphs; HTML that was escaped once too often is unescaped once. No more than [`LONGEST_HTML`] bytes.
pub fn sanitise(html: &str) -> Repaired<String> {
    sanitise_at(html, None)
}

/// As [`sanitise`], with links that are relative to a base made absolute; without one they go.
pub fn sanitise_at(html: &str, base: Option<&str>) -> Repaired<String> {
    let mut repairs = Vec::new();
    let whole = html.trim();
    let kept = head(whole, LONGEST_HTML);
    if kept.len() < whole.len() {
        note(&mut repairs, Repair::TextTruncated);
    }
    let mut html = Cow::Borrowed(kept);
    if entities::is_escaped_markup(kept) {
        note(&mut repairs, Repair::HtmlDoubleEncoded);
        html = entities::decode(kept);
    }
    let mut value = markup(&html, base, &mut repairs);
    let mut limit = LONGEST_HTML;
    while value.len() > LONGEST_HTML {
        note(&mut repairs, Repair::TextTruncated);
        limit /= 2;
        value = markup(head(&html, limit), base, &mut repairs);
    }
    Repaired { value, repairs }
}

/// Plain text as safe HTML: what looks like markup in it is shown, not taken for markup; the result is a fixed
/// point of [`sanitise`]. No more than [`LONGEST_HTML`] bytes.
pub fn of_text(text: &str) -> Repaired<String> {
    let whole = text.trim();
    let mut limit = LONGEST_HTML;
    let mut value = paragraphs::write(head(whole, limit));
    while value.len() > LONGEST_HTML {
        limit /= 2;
        value = paragraphs::write(head(whole, limit));
    }
    if limit < whole.len() {
        return Repaired::one(value, Repair::TextTruncated);
    }
    Repaired::clean(value)
}

/// The text of HTML: references decoded, a line for each block, white space folded.
pub fn plain(html: &str) -> String {
    plain::read(head(html, LONGEST_HTML))
}

/// A single line of plain text, such as a title; the result is a fixed point.
///
/// Tags are removed, references decoded as often as they were encoded, control characters and overrides of
/// the writing direction removed, white space folded to single spaces, and the whole brought to NFC. What
/// only looks like a tag (`<3`, `Vec<T>`) stays. No more than [`LONGEST_TEXT`] bytes.
pub fn text(raw: &str) -> Repaired<String> {
    line::read(raw)
}

/// The writer's rendering of markup or text: directly, else tidied by the parser, else flattened to text.
fn markup(html: &str, base: Option<&str>, repairs: &mut Vec<Repair>) -> String {
    if !lexer::may_have_markup(html) {
        return paragraphs::write(&entities::decode(html));
    }
    let mut removed = Vec::new();
    if let Some(written) = rewrite::write(html, base, &mut removed) {
        removed.into_iter().for_each(|repair| note(repairs, repair));
        return written;
    }
    if let Some(tidied) = tidy::parse(html) {
        removed.clear();
        if let Some(written) = rewrite::write(&tidied, base, &mut removed) {
            note(repairs, Repair::HtmlTidied);
            return written;
        }
    }
    note(repairs, Repair::HtmlFlattened);
    paragraphs::write(&plain::read(html))
}

/// The beginning of a text, cut at a character.
fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
