//! The sources as an OPML list, which every reader of feeds takes.

use super::ControlState;
use crate::model::SourceFields;
use std::fmt::Write as _;

/// The sources that have an address as an OPML 2.0 list, by name; nothing of it is secret.
#[must_use]
pub fn opml(state: &ControlState) -> String {
    let mut sources: Vec<&SourceFields> =
        state.sources.values().map(|entry| &entry.fields).collect();
    sources.retain(|source| !source.url.is_empty());
    sources.sort_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  \
         <head>\n    <title>Sources</title>\n  </head>\n  <body>\n",
    );
    for source in sources {
        let (name, url) = (escaped(&source.name), escaped(&source.url));
        // Writing into a string never fails.
        let _ = writeln!(
            text,
            "    <outline type=\"rss\" text=\"{name}\" title=\"{name}\" xmlUrl=\"{url}\"/>"
        );
    }
    text.push_str("  </body>\n</opml>\n");
    text
}

/// A text as the value of an attribute; what no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => out.push(c),
        }
    }
    out
}
