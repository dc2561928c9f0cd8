//! Tells what a document is where it is no RSS feed, so that the refusal can name it.

use super::error::{ParseError, shown};

/// How far into a JSON document its version is looked for.
const JSON_BYTES: usize = 4096;

/// Where the XML begins; what is empty or no XML is refused.
pub(super) fn start(text: &str) -> Result<usize, ParseError> {
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\0');
    match body.as_bytes().first() {
        None => Err(ParseError::Empty),
        Some(b'<') => Ok(text.len() - body.len()),
        Some(b'{' | b'[') => Err(ParseError::Unsupported { format: json(body) }),
        // Servers write warnings before a feed.
        Some(_) => match text.find("<?xml").or_else(|| text.find("<rss")) {
            Some(at) => Ok(at),
            None => Err(ParseError::NotAFeed {
                found: "text that is no XML".to_owned(),
            }),
        },
    }
}

fn json(text: &str) -> &'static str {
    let mut end = text.len().min(JSON_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match text[..end].contains("jsonfeed.org/version") {
        true => "a JSON Feed",
        false => "a JSON document",
    }
}

/// The refusal of a document by the name of its outermost element, without prefix, in lower case.
pub(super) fn other_root(local: &str) -> ParseError {
    let format = match local {
        "feed" => "an Atom feed",
        "entry" => "an Atom entry",
        "opml" => "an OPML list of feeds",
        "urlset" | "sitemapindex" => "a sitemap",
        "html" => "a web page",
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
