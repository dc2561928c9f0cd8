//! What entries must know of their feed: the few of its texts that every record of an entry carries.

use mediamesh_domain::ingest::{Element, FeedContext};

/// The longest of the texts that entries carry, in bytes.
const CONTEXT_BYTES: usize = 2048;

/// Of an RSS channel or an Atom feed.
pub(super) fn xml(channel: &Element) -> FeedContext {
    let attribute = |name| channel.attributes.get(name).map(|value| short(value));
    let text = |names: &[&str]| channel.text_of(names).map(short);
    let name = || channel.child("author")?.text_of(&["name"]).map(short);
    FeedContext {
        url: String::new(),
        title: text(&["title"]),
        language: text(&["language", "dc:language"]).or_else(|| attribute("xml:lang")),
        author: text(&["itunes:author", "dc:creator"]).or_else(name),
        explicit: text(&["itunes:explicit", "googleplay:explicit"]),
    }
}

/// Of a JSON Feed.
pub(super) fn json(feed: &Element) -> FeedContext {
    let text = |name: &str| feed.text_of(&[name]).map(short);
    let author = |member| feed.child(member)?.text_of(&["name"]).map(short);
    FeedContext {
        url: String::new(),
        title: text("title"),
        language: text("language"),
        author: author("authors").or_else(|| author("author")),
        explicit: feed
            .child("_itunes")
            .and_then(|said| said.text_of(&["explicit"]))
            .map(short),
    }
}

/// The beginning of a text: every entry carries it.
fn short(text: &str) -> String {
    text[..text.floor_char_boundary(CONTEXT_BYTES)].to_owned()
}
