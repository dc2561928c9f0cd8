//! What becomes of each HTML element.

/// The fate of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Written under this name, which may be another than the feed's.
    Keep(Tag),
    /// The element goes, what is inside stays.
    Unwrap,
    /// An element without content that goes; `true` where a reader would miss it.
    Void(bool),
    /// The element goes with all that is inside, which is not text.
    Drop,
    /// HTML has no such element.
    Unknown,
}

/// An element that show notes may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    /// The name in lower case.
    pub(super) name: &'static str,
    /// Whether it starts a line of its own.
    pub(super) block: bool,
    /// Whether it never has content.
    pub(super) void: bool,
    /// Whether it is left out when nothing is inside.
    pub(super) needs_content: bool,
}

const LONGEST_NAME: usize = 16;

/// What becomes of the element of a name in any case.
pub(super) fn element(name: &str) -> Element {
    let mut buffer = [0_u8; LONGEST_NAME];
    let Some(lower) = buffer.get_mut(..name.len()) else {
        return Element::Unknown;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    let Ok(lower) = std::str::from_utf8(lower) else {
        return Element::Unknown;
    };
    kept(lower).map_or_else(|| other(lower), Element::Keep)
}

fn kept(name: &str) -> Option<Tag> {
    let inline = |name| Some(tag(name, false));
    let block = |name| Some(tag(name, true));
    match name {
        "a" => inline("a"),
        "b" => inline("b"),
        "i" => inline("i"),
        "em" => inline("em"),
        "strong" => inline("strong"),
        "u" => inline("u"),
        "s" | "strike" | "del" => inline("s"),
        "sub" => inline("sub"),
        "sup" => inline("sup"),
        "code" | "kbd" | "samp" | "tt" => inline("code"),
        "p" => block("p"),
        "h1" => block("h1"),
        "h2" => block("h2"),
        "h3" => block("h3"),
        "h4" => block("h4"),
        "h5" => block("h5"),
        "h6" => block("h6"),
        "ul" | "menu" | "dir" => block("ul"),
        "ol" => block("ol"),
        "li" => block("li"),
        "dl" => block("dl"),
        "dt" => block("dt"),
        "dd" => block("dd"),
        "pre" => block("pre"),
        "blockquote" => block("blockquote"),
        "table" => block("table"),
        "thead" => block("thead"),
        "tbody" => block("tbody"),
        "tr" => block("tr"),
        "td" => Some(Tag {
            needs_content: false,
            ..tag("td", true)
        }),
        "th" => Some(Tag {
            needs_content: false,
            ..tag("th", true)
        }),
        "div" | "section" | "article" | "aside" | "header" | "footer" | "main" | "nav"
        | "figure" | "figcaption" | "address" | "details" | "summary" | "center" => block("div"),
        "br" => Some(Tag {
            void: true,
            ..tag("br", true)
        }),
        "hr" => Some(Tag {
            void: true,
            ..tag("hr", true)
        }),
        _ => None,
    }
}

fn tag(name: &'static str, block: bool) -> Tag {
    Tag {
        name,
        block,
        void: false,
        needs_content: true,
    }
}

fn other(name: &str) -> Element {
    match name {
        "span" | "font" | "small" | "big" | "abbr" | "acronym" | "cite" | "q" | "mark" | "time"
        | "ins" | "dfn" | "var" | "bdi" | "bdo" | "data" | "label" | "nobr" | "ruby" | "rb"
        | "rt" | "rp" | "caption" | "tfoot" | "colgroup" | "picture" | "html" | "body"
        | "hgroup" | "search" | "output" | "blink" | "marquee" | "fieldset" | "legend" => {
            Element::Unwrap
        }
        "img" | "image" | "embed" | "input" | "source" | "track" => Element::Void(true),
        "wbr" | "col" | "meta" | "link" | "base" | "area" | "param" | "basefont" | "bgsound"
        | "keygen" => Element::Void(false),
        "script" | "style" | "iframe" | "object" | "svg" | "math" | "template" | "noscript"
        | "noembed" | "noframes" | "xmp" | "plaintext" | "textarea" | "title" | "head"
        | "select" | "option" | "optgroup" | "button" | "form" | "canvas" | "audio" | "video"
        | "map" | "applet" | "frame" | "frameset" | "dialog" | "datalist" | "meter"
        | "progress" | "portal" | "slot" | "listing" | "isindex" | "selectedcontent" => {
            Element::Drop
        }
        _ => Element::Unknown,
    }
}
