//! JSON as raw elements, and JSON Feed 1.0 and 1.1.
//!
//! The natural form of a value: a member of an object is a child by its name, an array is its
//! child repeated, a number, a text or a truth value is text, and `null` is nothing. An array
//! right inside an array is a child whose own children are called `item`. So everything that
//! reads elements reads JSON too. Nothing of a value is interpreted.

mod feed;
mod mapped;
mod reader;

use mediamesh_domain::ingest::Element;
use serde_json::Value;

use super::element::{Builder, Sink};
use super::error::ParseError;
use super::limits::{KEPT_DEPTH, Limits};
use reader::Reader;

pub(super) use feed::{JsonItems, read};
pub(super) use mapped::read as read_mapped;

/// The name of the elements of an array that stands in an array.
const NAMELESS: &str = "item";

/// The elements of a JSON text: one called `name`, or as many as the outermost array has.
///
/// Takes what JSON does not allow but programs write (commas too many, control characters in
/// texts) and stays within the limits as any document does.
///
/// # Errors
/// [`ParseError`].
pub fn elements(name: &str, text: &str, limits: &Limits) -> Result<Vec<Element>, ParseError> {
    let mut reader = Reader::new(text, 0, limits);
    let mut outer = Builder::default();
    outer.open(String::new(), Default::default());
    reader.value(name, &mut outer, 0)?;
    reader.end()?;
    outer.close();
    Ok(outer.finish().children)
}

/// The elements of a value that was read before; the same as [`elements`] gives.
#[must_use]
pub fn of_value(name: &str, value: &Value) -> Vec<Element> {
    let mut outer = Builder::default();
    outer.open(String::new(), Default::default());
    push_value(name, value, &mut outer, 1);
    outer.close();
    outer.finish().children
}

fn push_value(name: &str, value: &Value, out: &mut Builder, depth: usize) {
    match value {
        Value::Null => {}
        Value::Array(values) => {
            for value in values {
                push_single(name, value, out, depth);
            }
        }
        value => push_single(name, value, out, depth),
    }
}

fn push_single(name: &str, value: &Value, out: &mut Builder, depth: usize) {
    if value.is_null() {
        return;
    }
    out.open(name.to_owned(), Default::default());
    match value {
        Value::String(text) => out.text(text),
        Value::Object(members) if depth < KEPT_DEPTH => {
            for (name, value) in members {
                push_value(name, value, out, depth + 1);
            }
        }
        Value::Array(values) if depth < KEPT_DEPTH => {
            for value in values {
                push_single(NAMELESS, value, out, depth + 1);
            }
        }
        other => out.text(&other.to_string()),
    }
    out.close();
}
