//! The extensions of JSON Feed that podcasts use, in the words of the namespaces that they stand for.
//!
//! `_itunes` and `_podcast` (as `jsonfeed-to-rss` documents them) say what the elements `itunes:…` and `podcast:…`
//! say, so what reads those reads these too. Members are called as there, or as JSON is usually written:
//! `alternateEnclosure` and `alternate_enclosures` are the same.

#[cfg(test)]
mod tests;
mod words;

use self::words::{Word, attribute, find};
use super::Element;
use std::borrow::Cow;

/// A feed or an item with what its extensions say as elements; as it is where it has none.
#[must_use]
pub fn in_words(element: &Element) -> Cow<'_, Element> {
    let mut said = Vec::new();
    for extension in &element.children {
        match extension.name.as_str() {
            "_itunes" => itunes(extension, &mut said),
            "_podcast" => podcast(extension, &mut said),
            _ => {}
        }
    }
    if said.is_empty() {
        return Cow::Borrowed(element);
    }
    let mut element = element.clone();
    element.children.extend(said);
    Cow::Owned(element)
}

/// The members of `_itunes`: texts, but for the picture and the categories.
fn itunes(extension: &Element, said: &mut Vec<Element>) {
    let mut keywords = Vec::new();
    for member in &extension.children {
        let text = member.text.trim();
        match member.name.as_str() {
            "image" => said.push(with("itunes:image", "href", text)),
            "category" if !member.children.is_empty() => {
                said.extend(category_of(member));
            }
            "category" => {
                said.push(category(text, extension.text_of(&["subcategory"])));
            }
            "categories" if member.children.is_empty() => said.push(category(text, None)),
            "categories" => said.extend(category_of(member)),
            "subcategory" => {}
            "keywords" => keywords.push(text),
            "episode_type" => said.push(leaf("itunes:episodeType", text)),
            "new_feed_url" => said.push(leaf("itunes:new-feed-url", text)),
            name if member.children.is_empty() => said.push(leaf(&format!("itunes:{name}"), text)),
            _ => {}
        }
    }
    if !keywords.is_empty() {
        said.push(leaf("itunes:keywords", &keywords.join(",")));
    }
}

/// `{"category": …, "subcategory": …}`.
fn category_of(member: &Element) -> Option<Element> {
    let name = member.text_of(&["category"])?;
    Some(category(name, member.text_of(&["subcategory"])))
}

fn category(name: &str, inner: Option<&str>) -> Element {
    let mut outer = with("itunes:category", "text", name);
    let inner = inner.map(|inner| with("itunes:category", "text", inner));
    outer.children.extend(inner);
    outer
}

/// The members of `_podcast` that have an element.
fn podcast(extension: &Element, said: &mut Vec<Element>) {
    for member in &extension.children {
        let Some(word) = find(&member.name) else {
            continue;
        };
        let element = element(word, member);
        said.push(match word.within {
            Some(outer) => Element {
                children: vec![element],
                ..leaf(outer, "")
            },
            None => element,
        });
    }
}

/// What a member says as the element that it stands for; a bare text is what that element is mostly asked for.
fn element(word: &Word, member: &Element) -> Element {
    let bare = member.text.trim();
    if !bare.is_empty() {
        return match word.text {
            Some(_) => leaf(word.element, bare),
            None => with(word.element, word.address, bare),
        };
    }
    let mut element = leaf(word.element, "");
    for inner in &member.children {
        let text = inner.text.trim();
        let known = word.inner.iter().find(|known| known.is(&inner.name));
        if let Some(known) = known {
            element.children.push(self::element(known, inner));
        } else if word.text == Some(inner.name.as_str()) {
            text.clone_into(&mut element.text);
        } else if inner.children.is_empty() {
            let name = attribute(word, &inner.name);
            element.attributes.insert(name.to_owned(), text.to_owned());
        }
    }
    element
}

fn leaf(name: &str, text: &str) -> Element {
    Element {
        name: name.to_owned(),
        text: text.to_owned(),
        ..Element::default()
    }
}

fn with(name: &str, attribute: &str, value: &str) -> Element {
    let attributes = [(attribute.to_owned(), value.to_owned())];
    Element {
        attributes: attributes.into(),
        ..leaf(name, "")
    }
}
