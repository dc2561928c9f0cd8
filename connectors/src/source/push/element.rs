//! What is pushed as elements: JSON in its natural form, or elements as they are.

use mediamesh_domain::ingest::{Element, RawFormat};
use serde_json::Value;

use crate::feed::json;

use super::Pushed;

/// The element of what is pushed.
///
/// # Errors
/// What it should be, in words.
pub(super) fn of(pushed: &Pushed) -> Result<Element, String> {
    let Value::Object(members) = &pushed.value else {
        return Err("it is a JSON object".to_owned());
    };
    let is_element = members.contains_key("name") && members.contains_key("children");
    if is_element {
        return serde_json::from_value(pushed.value.clone()).map_err(|error| error.to_string());
    }
    let is_xml = matches!(pushed.format, RawFormat::Rss | RawFormat::Atom);
    if is_xml {
        return Err(
            "in this format it is an element: {\"name\", \"attributes\", \"text\", \"children\"}"
                .to_owned(),
        );
    }
    let name = if pushed.of_program { "feed" } else { "item" };
    let mut elements = json::of_value(name, &pushed.value);
    elements
        .pop()
        .ok_or_else(|| "it is a JSON object".to_owned())
}
