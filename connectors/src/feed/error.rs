//! Why a document gave no feed, in words for its publisher.

use std::time::Duration;

/// Why a document gave no feed.
///
/// Repeats of the document at most the name of an element, cleaned and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// It is longer than allowed.
    #[error("the document is longer than {limit} bytes; ask for a shorter one, or for pages")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// There is nothing in it.
    #[error("the answer is empty; open the address in a browser to see whether a feed is there")]
    Empty,
    /// It is in a format that is known but not read.
    #[error("this is {format}, which is not a feed; give the address of an RSS, Atom or JSON feed")]
    Unsupported {
        /// The format in words, with its article.
        format: &'static str,
    },
    /// The source's mapping finds no entries in it.
    #[error("the source's mapping says that the entries are at {pointer:?}, and no array is there")]
    NoEntries {
        /// Where the mapping looks.
        pointer: String,
    },
    /// It is something else.
    #[error("this is not a feed: it begins with {found}")]
    NotAFeed {
        /// What stands where the feed should begin.
        found: String,
    },
    /// It declares a document type; entities hide there.
    #[error("the document has a DOCTYPE, which is never read; ask the publisher to leave it out")]
    Doctype,
    /// It is not well-formed XML.
    #[error("line {line}: {what}")]
    IllFormed {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// It ends before it is complete.
    #[error("the document ends before <{open}> is closed; it was cut off")]
    Truncated {
        /// The element that is open where it ends.
        open: String,
    },
    /// It goes beyond a limit.
    #[error("line {line}: more than {limit} {what}")]
    Limit {
        /// The line, from 1.
        line: usize,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Reading took longer than allowed.
    #[error("reading the document took longer than {} s; ask for a simpler or shorter one", .limit.as_secs_f32())]
    TookTooLong {
        /// The limit.
        limit: Duration,
    },
}

impl ParseError {
    /// A stable name for records, metrics and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "feed.too_large",
            Self::Empty => "feed.empty",
            Self::Unsupported { .. } => "feed.unsupported",
            Self::NoEntries { .. } => "feed.no_entries",
            Self::NotAFeed { .. } => "feed.not_a_feed",
            Self::Doctype => "feed.doctype",
            Self::IllFormed { .. } => "feed.ill_formed",
            Self::Truncated { .. } => "feed.truncated",
            Self::Limit { .. } => "feed.limit",
            Self::TookTooLong { .. } => "feed.took_too_long",
        }
    }
}

/// A name out of a document as it may stand in an error: printable and short.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 40;
    let clean = |c: char| {
        if c.is_alphanumeric() || "-_.:".contains(c) {
            c
        } else {
            '?'
        }
    };
    let mut shown: String = name.chars().take(LONGEST).map(clean).collect();
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
