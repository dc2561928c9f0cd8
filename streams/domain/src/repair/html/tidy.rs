//! Broken markup put in order by an HTML 5 parser.

use super::elements::{Element, element};
use super::lexer::{Lexer, Token};
use ammonia::{Builder, UrlRelative};
use std::sync::LazyLock;

/// A tree may be this deep, have this many tags, and leave this many formatting elements open, which the
/// parser opens again in each block. Beyond, its work would grow with the square of the input.
const DEEPEST: usize = 96;
const MOST_TAGS: usize = 8000;
const MOST_FORMATTING: usize = 16;

/// Elements that the writer allows, under the names feeds use; it decides what becomes of them.
const TAGS: [&str; 55] = [
    "a",
    "b",
    "i",
    "em",
    "strong",
    "u",
    "s",
    "strike",
    "del",
    "sub",
    "sup",
    "code",
    "kbd",
    "samp",
    "tt",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "pre",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "div",
    "section",
    "article",
    "aside",
    "header",
    "footer",
    "main",
    "nav",
    "figure",
    "figcaption",
    "address",
    "details",
    "summary",
    "center",
    "br",
    "hr",
    "menu",
    "dir",
    "span",
];

/// Elements that go with their content.
const DROPPED: [&str; 24] = [
    "script",
    "style",
    "iframe",
    "object",
    "svg",
    "math",
    "template",
    "noscript",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
    "textarea",
    "title",
    "select",
    "button",
    "form",
    "canvas",
    "audio",
    "video",
    "map",
    "applet",
    "dialog",
    "datalist",
];

/// Built once: the builder is dear and the same for every text.
static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.into_iter().collect())
        .clean_content_tags(DROPPED.into_iter().collect())
        .tag_attributes(
            [("a", ["href"].into_iter().collect())]
                .into_iter()
                .collect(),
        )
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    builder
});

/// Well-nested HTML with the same meaning, or nothing where parsing would be too much work.
pub(super) fn parse(html: &str) -> Option<String> {
    is_harmless(html).then(|| BUILDER.clean(html).to_string())
}

/// Whether the parser's work stays in proportion to the size of a text.
fn is_harmless(html: &str) -> bool {
    let (mut depth, mut formatting, mut tags) = (0_usize, 0_usize, 0_usize);
    for token in Lexer::new(html) {
        let (name, opens) = match token {
            Token::Open { name, .. } => (name, true),
            Token::Close { name } => (name, false),
            Token::Text(_) | Token::Other => continue,
        };
        tags += 1;
        let counter = match element(name) {
            Element::Void(_) => continue,
            // the parser closes these by itself
            Element::Keep(tag)
                if matches!(tag.name, "p" | "li" | "dt" | "dd" | "tr" | "td" | "th") =>
            {
                continue;
            }
            Element::Keep(tag) if tag.void => continue,
            Element::Keep(tag) if tag.block => &mut depth,
            Element::Keep(_) => &mut formatting,
            Element::Unwrap if is_formatting(name) => &mut formatting,
            Element::Unwrap | Element::Drop | Element::Unknown => &mut depth,
        };
        *counter = if opens {
            *counter + 1
        } else {
            counter.saturating_sub(1)
        };
        if depth > DEEPEST || formatting > MOST_FORMATTING || tags > MOST_TAGS {
            return false;
        }
    }
    true
}

/// Whether the parser opens an element again that a block has cut in two.
fn is_formatting(name: &str) -> bool {
    let names = ["font", "big", "small", "nobr"];
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
