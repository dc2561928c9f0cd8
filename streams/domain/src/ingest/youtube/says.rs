//! Taking a resource of the API apart, and putting elements together.

use crate::ingest::Element;

/// The text at the end of a way through an element.
pub(super) fn says<'e>(element: &'e Element, way: &[&str]) -> Option<&'e str> {
    let (last, before) = way.split_last()?;
    let inner = before.iter().try_fold(element, |at, step| at.child(step))?;
    inner.text_of(&[last])
}

/// An element with a text.
pub(super) fn leaf(name: &str, text: &str) -> Element {
    Element {
        name: name.to_owned(),
        text: text.to_owned(),
        ..Element::default()
    }
}

/// An element with attributes.
pub(super) fn with(name: &str, attributes: &[(&str, &str)]) -> Element {
    let pairs = attributes.iter();
    Element {
        name: name.to_owned(),
        attributes: pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Element::default()
    }
}
