//! Tells what a document is by its content, and names what is no feed in the refusal.

use mediamesh_domain::repair::Repair;

use super::error::{ParseError, shown};
use super::noted::Noted;

/// How far behind a server's warnings a feed is looked for.
const JUNK_BYTES: usize = 64 * 1024;

/// Where a document begins, and in what it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Xml(usize),
    Json(usize),
}

/// Where the document begins; what is empty or neither XML nor JSON is refused.
pub(super) fn start(text: &str, noted: &mut Noted) -> Result<Start, ParseError> {
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\0');
    let at = text.len() - body.len();
    match body.as_bytes().first() {
        None => Err(ParseError::Empty),
        Some(b'<') if is_warning(body) => behind_junk(text, noted).or(Ok(Start::Xml(at))),
        Some(b'<') => Ok(Start::Xml(at)),
        Some(b'{' | b'[') => Ok(Start::Json(at)),
        Some(_) => behind_junk(text, noted),
    }
}

/// Whether it begins as servers write their warnings.
fn is_warning(body: &str) -> bool {
    let markup = ["<br", "<b>", "<p>", "<pre", "<div", "<font"];
    markup.iter().any(|begin| body.starts_with(begin))
}

/// Servers write warnings before a feed.
fn behind_junk(text: &str, noted: &mut Noted) -> Result<Start, ParseError> {
    const BEGINNINGS: [&str; 5] = ["<?xml", "<rss", "<feed", "<rdf:RDF", "<RDF"];
    let head = &text[..text.floor_char_boundary(JUNK_BYTES)];
    let found = BEGINNINGS.iter().filter_map(|begin| head.find(begin)).min();
    if let Some(at) = found {
        noted.note(Repair::DocumentJunk);
        return Ok(Start::Xml(at));
    }
    match head
        .find('{')
        .filter(|_| head.contains("jsonfeed.org/version"))
    {
        Some(at) => {
            noted.note(Repair::DocumentJunk);
            Ok(Start::Json(at))
        }
        None => Err(ParseError::NotAFeed {
            found: "text that is neither XML nor JSON".to_owned(),
        }),
    }
}

/// The refusal of a document by the name of its outermost element, without prefix, in lower case.
pub(super) fn other_root(local: &str) -> ParseError {
    let format = match local {
        "opml" => "an OPML list of feeds",
        "urlset" | "sitemapindex" => "a sitemap",
        "html" | "head" | "body" => "a web page",
        other => {
            return ParseError::NotAFeed {
                found: format!("<{}>", shown(other)),
            };
        }
    };
    ParseError::Unsupported { format }
}

/// The refusal of a document by its DOCTYPE's content: web pages have one too.
pub(super) fn doctype(content: &str) -> ParseError {
    let content = content.trim_start().as_bytes();
    match content.get(..4) {
        Some(name) if name.eq_ignore_ascii_case(b"html") => ParseError::Unsupported {
            format: "a web page",
        },
        _ => ParseError::Doctype,
    }
}
