//! Hits marked in the original text.

use serde::{Deserialize, Serialize};

use super::hits::{Hit, Hits, Quality};
use super::query::Query;

/// A stretch of bytes of a text, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteRange {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The words of a text that answer a query, in order, not overlapping.
///
/// Words that match literally, by stem or across scripts are all marked; other spellings and typing
/// errors only for terms that have nothing better here. Words without a topic are marked next to other
/// hits only.
#[must_use]
pub fn highlight(original: &str, query: &Query) -> Vec<ByteRange> {
    ranges(query, &Hits::in_text(query, original), 0)
}

/// The ranges to mark in one text of a document.
pub(super) fn ranges(query: &Query, hits: &Hits, value: usize) -> Vec<ByteRange> {
    let best = hits.best(query);
    let good = |hit: &&Hit| {
        let limit = best[hit.term].map_or(Quality::Transliteration, |q| {
            q.max(Quality::Transliteration)
        });
        hit.value == value && hit.quality <= limit
    };
    let (topics, others): (Vec<&Hit>, Vec<&Hit>) = hits
        .hits
        .iter()
        .filter(good)
        .partition(|hit| query.asks_for(&query.terms[hit.term]));
    let beside = |hit: &&&Hit| {
        topics
            .iter()
            .any(|topic| topic.position.abs_diff(hit.position) == 1)
    };
    let shown = topics.iter().chain(others.iter().filter(beside));
    let shown = shown.map(|hit| ByteRange {
        start: hit.start,
        end: hit.end,
    });
    merged(shown.collect())
}

fn merged(mut ranges: Vec<ByteRange>) -> Vec<ByteRange> {
    ranges.sort_unstable();
    let mut merged: Vec<ByteRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The text as HTML with the ranges between `open` and `close`; everything of the text is escaped.
///
/// Ranges that are not of this text are brought into it; the text itself is never changed.
#[must_use]
pub fn marked(original: &str, ranges: &[ByteRange], open: &str, close: &str) -> String {
    let inside = |at: u32| original.floor_char_boundary((at as usize).min(original.len()));
    let ranges = merged(ranges.to_vec());
    let mut out = String::with_capacity(original.len() + ranges.len() * (open.len() + close.len()));
    let mut done = 0;
    for range in ranges {
        let (start, end) = (inside(range.start), inside(range.end));
        if start >= end {
            continue;
        }
        escape(&original[done..start], &mut out);
        out.push_str(open);
        escape(&original[start..end], &mut out);
        out.push_str(close);
        done = end;
    }
    escape(&original[done..], &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
}
