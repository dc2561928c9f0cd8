//! Words of a text: what a word is, and where it stands in the original.
//!
//! A word is a run of letters and digits with their marks. An apostrophe between letters belongs to it;
//! hyphens, dots and everything else part words. Characters nobody sees (bidi marks, joiners, soft
//! hyphens, variation selectors) neither part a word nor enter it. Chinese and Japanese characters are a
//! word each: without a dictionary, neighbours as a phrase are the best guess.

use unicode_normalization::char::is_combining_mark;

use super::arabic;
use super::normalise::normalise;

/// Bytes of a text that are looked at; the rest is not searched. Ten times the longest show notes met.
pub(super) const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Words of a text that are looked at.
pub(super) const MAX_WORDS: u32 = 4096;
/// Characters of a word that are kept; the range in the original still covers the whole word.
pub(super) const MAX_WORD_CHARS: usize = 64;
/// Combining marks kept on one letter: more is decoration, and would crowd out the letters.
const MAX_MARKS: u8 = 4;

/// One word, in NFKC and lower case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) position: u32,
}

/// Calls `visit` for each word of a text in order, up to the limits of this module.
pub(super) fn each_word(text: &str, mut visit: impl FnMut(Word<'_>)) {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let normalised = normalise(text);
    let source = normalised.as_str();
    let mut open = OpenWord::default();
    let mut position = 0;
    // ends a word and says whether another may be read
    let mut close = |open: &mut OpenWord| {
        if open.has_letter && position < MAX_WORDS {
            let (start, end) = normalised.original(open.start, open.end);
            visit(Word {
                text: &open.text,
                start,
                end,
                position,
            });
            position += 1;
        }
        open.clear();
        position < MAX_WORDS
    };
    let mut rest = source.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let end = at + c.len_utf8();
        let goes_on = match class(c) {
            Class::Letter => open.push(c, at, end),
            Class::Mark => open.mark(c, end),
            Class::Invisible => true,
            Class::Apostrophe => {
                let joins = |next: &(usize, char)| class(next.1) == Class::Letter;
                open.has_letter && rest.peek().is_some_and(joins) && open.push('\'', at, end)
            }
            Class::Alone => {
                close(&mut open);
                open.push(c, at, end);
                false
            }
            Class::Break => false,
        };
        if !goes_on && !close(&mut open) {
            return;
        }
    }
    close(&mut open);
}

/// The word being read, with its range in the normalised text.
#[derive(Default)]
struct OpenWord {
    text: String,
    chars: usize,
    marks: u8,
    start: u32,
    end: u32,
    has_letter: bool,
}

impl OpenWord {
    /// Adds a letter; the word goes on.
    fn push(&mut self, c: char, start: usize, end: usize) -> bool {
        if !self.has_letter {
            self.clear();
            self.start = start as u32;
            self.has_letter = true;
        }
        self.end = end as u32;
        self.marks = 0;
        match c {
            '\0'..='\u{7f}' => self.keep(c.to_ascii_lowercase()),
            // Hebrew and Arabic have no case
            '\u{590}'..='\u{8ff}' => self.keep(c),
            _ => c.to_lowercase().for_each(|lower| self.keep(lower)),
        }
        true
    }

    /// A mark belongs to the letter before it; without one it is nothing.
    fn mark(&mut self, c: char, end: usize) -> bool {
        if !self.has_letter {
            return false;
        }
        self.end = end as u32;
        self.marks = self.marks.saturating_add(1);
        if self.marks <= MAX_MARKS {
            self.keep(c);
        }
        true
    }

    fn keep(&mut self, c: char) {
        if self.chars < MAX_WORD_CHARS {
            self.text.push(c);
            self.chars += 1;
        }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.chars = 0;
        self.marks = 0;
        self.has_letter = false;
    }
}

/// What a character does to the word being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Mark,
    Apostrophe,
    Invisible,
    /// A word of its own.
    Alone,
    Break,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{2b9}' | '\u{2bb}'..='\u{2bf}' => Class::Apostrophe,
        '\0'..='\u{7f}' => Class::Break,
        '\u{621}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{660}'..='\u{669}' => Class::Letter,
        _ if is_invisible(c) => Class::Invisible,
        _ if arabic::is_tashkeel(c) || c == arabic::TATWEEL || is_combining_mark(c) => Class::Mark,
        _ if is_ideograph(c) => Class::Alone,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Break,
    }
}

/// Format characters and variation selectors: written, but not seen.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200c}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Scripts written without spaces, one idea or syllable a character.
fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
