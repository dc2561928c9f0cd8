//! The piece of a long text that shows its hits best.

use unicode_normalization::char::is_combining_mark;

use super::highlight::ByteRange;

/// A piece of a long text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet<'a> {
    /// The piece, trimmed.
    pub text: &'a str,
    /// The hits within it, relative to its start.
    pub ranges: Vec<ByteRange>,
    /// Whether text before it was left out.
    pub cut_before: bool,
    /// Whether text after it was left out.
    pub cut_after: bool,
}

/// The piece of a text, at most `max_chars` characters long, that shows most of the hits.
///
/// It is cut between words where there are spaces, and never between a letter and its marks. Without
/// hits it is the beginning.
#[must_use]
pub fn snippet<'a>(original: &'a str, ranges: &[ByteRange], max_chars: usize) -> Snippet<'a> {
    let fits = original.char_indices().nth(max_chars).is_none();
    let (start, end) = if fits {
        (0, original.len())
    } else {
        window(original, ranges, max_chars)
    };
    let piece = &original[start..end];
    let start = end - piece.trim_start().len();
    let text = original[start..end].trim_end();
    let end = start + text.len();
    let within = ranges
        .iter()
        .filter(|r| r.start as usize >= start && r.end as usize <= end);
    Snippet {
        text,
        ranges: within
            .map(|r| ByteRange {
                start: r.start - start as u32,
                end: r.end - start as u32,
            })
            .collect(),
        cut_before: !original[..start].trim().is_empty(),
        cut_after: !original[end..].trim().is_empty(),
    }
}

/// The stretch of `max_chars` characters around the run of hits that fits into it and has the most.
fn window(text: &str, ranges: &[ByteRange], max_chars: usize) -> (usize, usize) {
    let chars_between =
        |from: usize, to: usize| text.get(from..to).map_or(usize::MAX, |s| s.chars().count());
    let mut best = (0, 0, 0);
    for (first, range) in ranges.iter().enumerate() {
        let from = range.start as usize;
        let fitting = ranges[first..]
            .iter()
            .take_while(|r| chars_between(from, r.end as usize) <= max_chars);
        if let Some((count, last)) = fitting.enumerate().last()
            && count + 1 > best.0
        {
            best = (count + 1, from, last.end as usize);
        }
    }
    let (_, from, to) = best;
    let spare = max_chars.saturating_sub(chars_between(from, to));
    let before = text[..from]
        .chars()
        .rev()
        .take(spare / 2)
        .map(char::len_utf8)
        .sum::<usize>();
    let start = word_start(text, from - before, from);
    let room = text[start..]
        .char_indices()
        .nth(max_chars)
        .map_or(text.len(), |(at, _)| start + at);
    (start, word_end(text, to.min(room), room))
}

/// The first beginning of a word at or after `at`, at most `limit`.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    if at == 0 || text[..at].ends_with(char::is_whitespace) {
        return at;
    }
    match text[at..limit].find(char::is_whitespace) {
        Some(space) => at + space,
        None => whole_letter(text, at, limit),
    }
}

/// The last end of a word at or before `at`, at least `limit`.
fn word_end(text: &str, limit: usize, at: usize) -> usize {
    if at == text.len() || text[at..].starts_with(char::is_whitespace) {
        return at;
    }
    if let Some(space) = text[limit..at].rfind(char::is_whitespace) {
        return limit + space;
    }
    let mut end = at;
    while end > limit && text[end..].starts_with(joins) {
        end = text.floor_char_boundary(end - 1);
    }
    end
}

/// The first place from `at` on that is not between a letter and its marks.
fn whole_letter(text: &str, at: usize, limit: usize) -> usize {
    let marks = text[at..limit].chars().take_while(|c| joins(*c));
    at + marks.map(char::len_utf8).sum::<usize>()
}

/// Whether a character belongs to the one before it.
fn joins(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}
