//! RSS 0.9x, 1.0, 1.1 and 2.0, Atom 0.3 and 1.0: what a feed says of itself, and its entries.
//!
//! RSS 1.0 keeps items, image and text input beside its channel, under `rdf:RDF`; here they count
//! as the channel's all the same. An Atom entry may be a document of its own. Broadcasts
//! (`podcast:liveItem`) stand beside the items and are entries like them.

mod walk;

use std::collections::BTreeMap;
use std::time::Duration;

use mediamesh_domain::ingest::{Element, RawFormat};

use self::walk::{Part, Walk};
use super::context;
use super::element::{Builder, Nothing, Sink};
use super::error::ParseError;
use super::limits::Limits;
use super::names::Dialect;
use super::noted::Noted;
use super::{Feed, Items};

/// Reads the document once, for everything but what its entries say.
pub(super) fn read<'t>(
    text: &'t str,
    start: usize,
    limits: &Limits,
    mut noted: Noted,
) -> Result<Feed<'t>, ParseError> {
    let mut walk = Walk::begin(text, start, limits)?;
    let (name, format) = match walk.dialect() {
        Dialect::Rss => ("channel", RawFormat::Rss),
        Dialect::Atom => ("feed", RawFormat::Atom),
    };
    let mut channel = Builder::default();
    channel.open(name.to_owned(), BTreeMap::new());
    let (mut channel_elements, mut item_count) = (1, 0);
    while let Some(part) = walk.next()? {
        match part {
            Part::Item(tag) => {
                walk.cursor.walk(tag, &mut Nothing, 0)?;
                item_count += 1;
            }
            Part::Channel(tag) => {
                channel_elements = walk.cursor.walk(tag, &mut channel, channel_elements)?;
            }
        }
    }
    channel.close();
    let mut channel = channel.finish();
    channel.attributes = std::mem::take(&mut walk.attributes);
    noted.add(walk.noted());
    // It is known how long that takes; the reader's pauses between items are its own.
    let again = Limits {
        max_time: Duration::MAX,
        ..*limits
    };
    Ok(Feed {
        format,
        context: context::xml(&channel),
        item_count,
        items: Items::xml(XmlItems {
            base: channel.attributes.get("xml:base").cloned(),
            walk: Walk::begin(text, start, &again)?,
            steps_before: walk.cursor.steps(),
        }),
        channel,
        repairs: noted.codes(),
    })
}

/// The entries of an XML document.
#[derive(Debug)]
pub(super) struct XmlItems<'t> {
    walk: Walk<'t>,
    /// The base of relative addresses that the feed declares.
    base: Option<String>,
    steps_before: u64,
}

impl XmlItems<'_> {
    pub(super) fn steps(&self) -> u64 {
        self.steps_before + self.walk.cursor.steps()
    }

    pub(super) fn read(&mut self) -> Result<Option<Element>, ParseError> {
        while let Some(part) = self.walk.next()? {
            match part {
                Part::Item(tag) => {
                    let mut item = Builder::default();
                    self.walk.cursor.walk(tag, &mut item, 0)?;
                    let mut item = item.finish();
                    self.inherit_base(&mut item);
                    return Ok(Some(item));
                }
                Part::Channel(tag) => {
                    self.walk.cursor.walk(tag, &mut Nothing, 0)?;
                }
            }
        }
        Ok(None)
    }

    /// An entry leaves its feed: what `xml:base` the feed declares goes with it.
    fn inherit_base(&self, item: &mut Element) {
        let Some(outer) = &self.base else {
            return;
        };
        let base = match item.attributes.get("xml:base") {
            Some(own) => joined(outer, own),
            None => outer.clone(),
        };
        item.attributes.insert("xml:base".to_owned(), base);
    }
}

/// An inner base, which may be relative to the outer one, as that may be to the address of the feed.
fn joined(outer: &str, inner: &str) -> String {
    if let Ok(joined) = url::Url::parse(outer).and_then(|outer| outer.join(inner)) {
        return joined.into();
    }
    let starts_anew = inner.starts_with('/') || url::Url::parse(inner).is_ok();
    match outer.rsplit_once('/') {
        Some((folder, _)) if !starts_anew => format!("{folder}/{inner}"),
        _ => inner.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_base_inside_of_another_goes_on_from_it() {
        for (outer, inner, together) in [
            ("https://a.example/b/", "c/", "https://a.example/b/c/"),
            ("https://a.example/b/", "/c/", "https://a.example/c/"),
            ("/b/", "c/", "/b/c/"),
            ("b/d", "c/", "b/c/"),
            ("/b/", "/c/", "/c/"),
            ("b", "c/", "c/"),
            ("/b/", "https://c.example/", "https://c.example/"),
        ] {
            assert_eq!(joined(outer, inner), together, "{outer} {inner}");
        }
    }
}
