//! NFKC with the way back: every byte of the normalised text knows where it came from.
//!
//! Most texts are in NFKC already and cost one scan. The others are normalised one segment at a time (a
//! starter and what may combine with it), because only then can a hit be marked in the original.

use std::borrow::Cow;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text in NFKC.
pub(super) struct Normalised<'a> {
    text: Cow<'a, str>,
    /// Pieces in order; empty when the text was not changed.
    pieces: Vec<Piece>,
}

/// A stretch of the normalised text and its origin.
struct Piece {
    normalised: u32,
    original: u32,
    original_end: u32,
    /// Byte for byte the same as the original, so that offsets inside it carry over.
    unchanged: bool,
}

impl Normalised<'_> {
    /// The normalised text.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The range of the original behind the non-empty range `start..end` of the normalised text.
    pub(super) fn original(&self, start: u32, end: u32) -> (u32, u32) {
        if self.pieces.is_empty() {
            return (start, end);
        }
        let first = self.piece(start);
        let last = self.piece(end.saturating_sub(1));
        let from = if first.unchanged {
            first.original + (start - first.normalised)
        } else {
            first.original
        };
        let to = if last.unchanged {
            last.original + (end - last.normalised)
        } else {
            last.original_end
        };
        (from, to)
    }

    fn piece(&self, at: u32) -> &Piece {
        let next = self.pieces.partition_point(|p| p.normalised <= at);
        &self.pieces[next.saturating_sub(1)]
    }
}

/// The text in NFKC. Trade mark signs become spaces, since NFKC would glue "TM" to the word before.
pub(super) fn normalise(text: &str) -> Normalised<'_> {
    if text.is_ascii() || is_normalised(text) {
        return Normalised {
            text: Cow::Borrowed(text),
            pieces: Vec::new(),
        };
    }
    let mut builder = Builder {
        source: text,
        text: String::with_capacity(text.len()),
        pieces: Vec::new(),
    };
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if at > start && starts_segment(c) {
            builder.segment(start, at);
            start = at;
        }
    }
    builder.segment(start, text.len());
    Normalised {
        text: Cow::Owned(builder.text),
        pieces: builder.pieces,
    }
}

/// Whether a text is surely in NFKC: plain characters, and vowel signs of Arabic in canonical order (that
/// of their numbers).
fn is_normalised(text: &str) -> bool {
    let mut before = '\0';
    text.chars().all(|c| {
        let is_vowel_sign = matches!(c, '\u{64b}'..='\u{652}');
        let ordered = !is_vowel_sign || !matches!(before, '\u{64b}'..='\u{652}') || before <= c;
        before = c;
        ordered && (is_vowel_sign || is_plain(c))
    })
}

struct Builder<'a> {
    source: &'a str,
    text: String,
    pieces: Vec<Piece>,
}

impl Builder<'_> {
    fn segment(&mut self, start: usize, end: usize) {
        let segment = &self.source[start..end];
        let mut chars = segment.chars();
        let unchanged = match (chars.next(), chars.next()) {
            (Some(c), None) if is_plain(c) => true,
            (Some('\u{2122}' | '\u{2120}'), None) => false,
            _ => is_nfkc_quick(segment.chars()) == IsNormalized::Yes,
        };
        self.piece(start, end, unchanged);
        if unchanged {
            self.text.push_str(segment);
        } else if segment.starts_with(['\u{2122}', '\u{2120}']) {
            self.text.push(' ');
        } else {
            self.text.extend(segment.nfkc());
        }
    }

    fn piece(&mut self, start: usize, end: usize, unchanged: bool) {
        if let Some(last) = self.pieces.last_mut()
            && last.unchanged
            && unchanged
        {
            last.original_end = end as u32;
            return;
        }
        self.pieces.push(Piece {
            normalised: self.text.len() as u32,
            original: start as u32,
            original_end: end as u32,
            unchanged,
        });
    }
}

/// Whether a character is in NFKC whatever stands before it, and never combines backwards.
///
/// Holds the characters of nearly all texts: ASCII, Latin-1 and Extended-A letters, Arabic letters and
/// digits, and common punctuation.
fn is_plain(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => true,
        '\u{c0}'..='\u{17e}' => {
            !matches!(c, '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}')
        }
        '\u{621}'..='\u{64a}' | '\u{660}'..='\u{669}' | '\u{671}'..='\u{674}' => c != '\u{674}',
        '\u{679}'..='\u{6bf}' | '\u{6cc}' | '\u{6f0}'..='\u{6f9}' => true,
        '\u{60c}' | '\u{61b}' | '\u{61f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2013}'..='\u{2014}' | '\u{2018}'..='\u{201e}' => true,
        '\u{ab}' | '\u{bb}' => true,
        _ => false,
    }
}

/// Whether normalising may be cut before this character.
fn starts_segment(c: char) -> bool {
    if is_plain(c) {
        return true;
    }
    let mut first = None;
    decompose_compatible(c, |d| first = first.or(Some(d)));
    let first = first.unwrap_or(c);
    canonical_combining_class(c) == 0
        && canonical_combining_class(first) == 0
        && is_nfkc_quick(std::iter::once(first)) != IsNormalized::Maybe
}
