//! What is pushed as elements: JSON in its natural form, or elements as they are.

use mediamesh_domain::ingest::{Element, RawFormat};
use serde_json::Value;

use super::{Pushed, leaf};

/// Deeper values are left out: no entry is read so deep.
const DEEPEST: usize = 40;

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
    let mut element = leaf(if pushed.of_program { "feed" } else { "item" });
    for (name, value) in members {
        push(name, value, &mut element.children, 1);
    }
    Ok(element)
}

/// A member is a child by its name, an array is its child repeated, `null` is nothing.
fn push(name: &str, value: &Value, out: &mut Vec<Element>, depth: usize) {
    match value {
        Value::Null => {}
        Value::Array(values) => values
            .iter()
            .for_each(|value| single(name, value, out, depth)),
        value => single(name, value, out, depth),
    }
}

fn single(name: &str, value: &Value, out: &mut Vec<Element>, depth: usize) {
    let mut element = leaf(name);
    match value {
        Value::Null => return,
        Value::String(text) => element.text.clone_from(text),
        Value::Object(members) if depth < DEEPEST => {
            for (name, value) in members {
                push(name, value, &mut element.children, depth + 1);
            }
        }
        Value::Array(values) if depth < DEEPEST => {
            for value in values {
                single("item", value, &mut element.children, depth + 1);
            }
        }
        Value::Object(_) | Value::Array(_) => {}
        plain => element.text = plain.to_string(),
    }
    out.push(element);
}
