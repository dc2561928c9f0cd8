//! Reads feeds: bytes in, raw elements out, nothing of them interpreted.
//!
//! The bytes come from strangers: a document type declaration is refused, everything is capped
//! ([`Limits`]), the work is linear in the size of the document, and no input makes it panic. A
//! document is read twice: first as a whole, which proves it well-formed and within the limits and
//! yields what the channel says (also after its items); then item by item, so that a feed of
//! 10,000 items never stands in memory as elements. Names come out with the usual prefix of their
//! namespace and the usual capitals, whatever the document wrote.
//!
//! [`xml`] reads RSS and Atom, [`json`] JSON Feed, `csv` tables, [`opml`] lists of feeds; what a document is, its content says, whatever
//! it is called. Knows nothing of sources, fetching, hashes and records; what an element *means*
//! is for `normalise`.

mod charset;
mod context;
mod csv;
mod cursor;
mod element;
mod error;
mod format;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod items;
pub mod json;
mod limits;
mod names;
mod noted;
pub mod opml;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod xml;

use std::borrow::Cow;

use mediamesh_domain::ingest::mapping::Mapping;
use mediamesh_domain::ingest::{Element, FeedContext, RawFormat};

pub use error::ParseError;
pub use items::Items;
pub use limits::Limits;

use format::Start;
use noted::Noted;
use tokens::Tag;

/// A document's text, decoded; what [`parse`] reads.
#[derive(Debug)]
pub struct Document<'b> {
    text: Cow<'b, str>,
    encoding: &'static str,
    noted: Noted,
}

impl<'b> Document<'b> {
    /// Decodes `bytes` by the first of: byte order mark, charset of the HTTP `Content-Type`, XML
    /// prolog, UTF-8, what the bytes look like. What cannot be decoded becomes U+FFFD.
    ///
    /// # Errors
    /// [`ParseError::TooLarge`].
    pub fn decode(
        bytes: &'b [u8],
        content_type: Option<&str>,
        limits: &Limits,
    ) -> Result<Self, ParseError> {
        if bytes.len() > limits.max_bytes {
            return Err(ParseError::TooLarge {
                limit: limits.max_bytes,
            });
        }
        let (text, encoding, noted) = charset::decode(bytes, content_type);
        Ok(Self {
            text,
            encoding,
            noted,
        })
    }

    /// The name of the encoding that was used.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }
}

/// A feed, its items yet to be read.
#[derive(Debug)]
pub struct Feed<'t> {
    /// What kind of document it is.
    pub format: RawFormat,
    /// The feed's own elements, also those that follow the items; never the items. Without any
    /// children where the document is an entry alone, which says nothing of a feed.
    pub channel: Element,
    /// What each entry must know of it; the caller, who knows the address, sets `url`.
    pub context: FeedContext,
    /// How many items there are.
    pub item_count: usize,
    /// The items in the document's order.
    pub items: Items<'t>,
    /// What was wrong with the document as a whole and has been mended: the codes of
    /// [`mediamesh_domain::repair::Repair`], each once.
    pub repairs: Vec<&'static str>,
}

/// Reads a feed of any format that is understood.
///
/// # Errors
/// [`ParseError`], before any item is given.
pub fn parse<'t>(document: &'t Document<'_>, limits: &Limits) -> Result<Feed<'t>, ParseError> {
    let text = document.text.as_ref();
    let mut noted = document.noted;
    match format::start(text, &mut noted)? {
        Start::Xml(at) => xml::read(text, at, limits, noted),
        Start::Json(at) => json::read(text, at, limits, noted),
    }
}

/// Reads JSON of any shape, whose entries are where a mapping says, or a table whose columns it names.
///
/// # Errors
/// [`ParseError`], before any item is given.
pub fn parse_mapped<'t>(
    document: &'t Document<'_>,
    limits: &Limits,
    mapping: &Mapping,
) -> Result<Feed<'t>, ParseError> {
    let text = document.text.as_ref();
    let mut noted = document.noted;
    match format::start(text, &mut noted) {
        Ok(Start::Xml(_)) => Err(ParseError::NotAFeed {
            found: "XML, where the source's mapping reads JSON".to_owned(),
        }),
        Ok(Start::Json(at)) => json::read_mapped(text, at, limits, noted, mapping),
        Err(ParseError::NotAFeed { .. }) => csv::read(text, limits, noted, mapping),
        Err(error) => Err(error),
    }
}
