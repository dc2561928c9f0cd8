//! What makes an entry the same entry, and what makes it the same content.
//!
//! Hashes stand in records and in the object store for years: the encoding under them never
//! changes; a new one would get another first byte.

use mediamesh_domain::ingest::{Element, FeedContext, RawBody, RawFormat};
use sha2::{Digest, Sha256};

/// The first byte of the encoding.
const ENCODING: u8 = 1;

/// Elements of a channel that change with every answer and say nothing of the program.
const VOLATILE: &[&str] = &["lastBuildDate", "pubDate"];

/// Hashes raw content; keeps its buffer between entries.
#[derive(Debug, Default)]
pub(super) struct Hasher {
    buffer: Vec<u8>,
}

impl Hasher {
    /// SHA-256 over format, feed context and body: `raw_hash`; and how large all of it is.
    pub(super) fn raw(
        &mut self,
        format: RawFormat,
        context: &FeedContext,
        body: &RawBody,
    ) -> ([u8; 32], usize) {
        let out = &mut self.buffer;
        out.clear();
        out.push(ENCODING);
        out.push(match format {
            RawFormat::Rss => 0,
            RawFormat::Atom => 1,
            RawFormat::JsonFeed => 2,
            RawFormat::YoutubeApi => 3,
            RawFormat::Json => 4,
        });
        push_text(out, &context.url);
        for field in [
            &context.title,
            &context.language,
            &context.author,
            &context.explicit,
        ] {
            out.push(u8::from(field.is_some()));
            push_text(out, field.as_deref().unwrap_or_default());
        }
        let (kind, element) = match body {
            RawBody::Feed(element) => (0, element),
            RawBody::Entry(element) => (1, element),
        };
        out.push(kind);
        push_element(out, element);
        (Sha256::digest(&*out).into(), out.len())
    }

    /// The hash by which the feed itself is compared: without what changes at every answer.
    pub(super) fn feed(
        &mut self,
        format: RawFormat,
        context: &FeedContext,
        channel: &Element,
    ) -> [u8; 32] {
        let mut steady = channel.clone();
        let volatile = |child: &Element| VOLATILE.contains(&child.name.as_str());
        steady.children.retain(|child| !volatile(child));
        self.raw(format, context, &RawBody::Feed(steady)).0
    }

    /// What tells an entry from the others of its feed: its guid, else the next best; `nth` of the
    /// entries with the same, from 0.
    pub(super) fn key(&mut self, entry: &Element, nth: u32) -> [u8; 16] {
        let out = &mut self.buffer;
        out.clear();
        out.push(ENCODING);
        match identity(entry) {
            Some((kind, text)) => {
                out.push(kind);
                push_text(out, text);
            }
            None => {
                out.push(0);
                push_text(out, child_text(entry, "title").unwrap_or_default());
                push_text(out, child_text(entry, "pubDate").unwrap_or_default());
            }
        }
        out.extend_from_slice(&nth.to_le_bytes());
        half(&Sha256::digest(&*out).into())
    }
}

/// The key of the first entry of a feed that bears a guid.
pub(super) fn key_of_guid(guid: &str) -> [u8; 16] {
    let leaf = Element {
        name: "guid".to_owned(),
        text: guid.to_owned(),
        ..Element::default()
    };
    let entry = Element {
        children: vec![leaf],
        ..Element::default()
    };
    Hasher::default().key(&entry, 0)
}

/// The first half of a hash: enough to tell apart what one source has.
pub(super) fn half(hash: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    half
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

/// The best that tells an entry from others. What RSS has comes first: its keys stand in objects.
fn identity(entry: &Element) -> Option<(u8, &str)> {
    let enclosure = || {
        let mut enclosures = entry.children.iter().filter(|c| c.name == "enclosure");
        enclosures.find_map(|c| c.attributes.get("url").map(String::as_str))
    };
    let some = |text: &&str| !text.is_empty();
    let id = || child_text(entry, "id").or_else(|| child_text(entry, "atom:id"));
    let linked = || {
        let mut links = entry.children.iter().filter(|c| c.name == "link");
        links.find_map(|c| c.attributes.get("href").map(String::as_str))
    };
    child_text(entry, "guid")
        .or_else(id)
        .map(|guid| (1, guid))
        .or_else(|| enclosure().filter(some).map(|url| (2, url)))
        .or_else(|| child_text(entry, "link").map(|link| (3, link)))
        .or_else(|| linked().filter(some).map(|link| (3, link)))
}

/// The text of the first child of a name that has any.
pub(super) fn child_text<'e>(entry: &'e Element, name: &str) -> Option<&'e str> {
    let mut named = entry.children.iter().filter(|child| child.name == name);
    named
        .find(|child| !child.text.is_empty())
        .map(|child| child.text.as_str())
}

fn push_element(out: &mut Vec<u8>, element: &Element) {
    push_text(out, &element.name);
    push_len(out, element.attributes.len());
    for (name, value) in &element.attributes {
        push_text(out, name);
        push_text(out, value);
    }
    push_text(out, &element.text);
    push_len(out, element.children.len());
    for child in &element.children {
        push_element(out, child);
    }
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    push_len(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn push_len(out: &mut Vec<u8>, len: usize) {
    out.extend_from_slice(&(len as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, text: &str, children: &[Element]) -> Element {
        Element {
            name: name.into(),
            text: text.into(),
            children: children.to_vec(),
            ..Element::default()
        }
    }

    fn raw(body: &RawBody) -> String {
        let context = FeedContext::default();
        hex(&Hasher::default().raw(RawFormat::Rss, &context, body).0)
    }

    #[test]
    fn the_encoding_under_the_hash_never_changes() {
        let mut item = element("item", "", &[element("title", "اسم", &[])]);
        item.attributes.insert("a".into(), "b".into());
        let context = FeedContext {
            url: "https://example.org/feed".into(),
            title: Some("T".into()),
            ..FeedContext::default()
        };
        let mut hasher = Hasher::default();
        let (hash, size) = hasher.raw(RawFormat::Rss, &context, &RawBody::Entry(item.clone()));
        let expected = "9f4b0fe5f7880e96d63d76ef3edb8987882721ed966857849617bfc3f3035d11";
        assert_eq!((hex(&hash).as_str(), size), (expected, 169));
        assert_eq!(
            hex(&hasher.key(&item, 0)),
            "219dd5bf0060baab52979b606044665b"
        );
    }

    #[test]
    fn other_content_has_another_hash() {
        let hashes = [
            raw(&RawBody::Entry(element("item", "", &[]))),
            raw(&RawBody::Feed(element("item", "", &[]))),
            raw(&RawBody::Entry(element("item", "x", &[]))),
            raw(&RawBody::Entry(element("itemx", "", &[]))),
            raw(&RawBody::Entry(element(
                "item",
                "",
                &[element("x", "", &[])],
            ))),
        ];
        let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
    }

    #[test]
    fn an_entry_is_known_by_its_guid_and_else_by_the_next_best() {
        let mut hasher = Hasher::default();
        let mut enclosure = element("enclosure", "", &[]);
        enclosure.attributes.insert("url".into(), "u".into());
        let entries = [
            element("item", "", &[element("guid", "g", &[]), enclosure.clone()]),
            element("item", "", &[element("guid", "", &[]), enclosure]),
            element("item", "", &[element("link", "u", &[])]),
            element("item", "", &[element("title", "u", &[])]),
            element("item", "", &[]),
        ];
        let keys: std::collections::BTreeSet<_> =
            entries.iter().map(|entry| hasher.key(entry, 0)).collect();
        assert_eq!(keys.len(), entries.len());
        let again = element("item", "new", &[element("guid", "g", &[])]);
        assert_eq!(hasher.key(&again, 0), hasher.key(&entries[0], 0));
        assert_ne!(hasher.key(&again, 1), hasher.key(&entries[0], 0));
        assert_eq!(key_of_guid("g"), hasher.key(&entries[0], 0));
    }

    #[test]
    fn a_build_date_does_not_change_the_feed() {
        let feed = |date| {
            let date = element("lastBuildDate", date, &[]);
            let channel = element("channel", "", &[element("title", "t", &[]), date]);
            Hasher::default().feed(RawFormat::Rss, &FeedContext::default(), &channel)
        };
        assert_eq!(feed("yesterday"), feed("today"));
    }
}
