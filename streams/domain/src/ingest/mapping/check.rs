//! Whether a declaration can be followed at all.

use super::targets::{EPISODE, PROGRAM, Target};
use super::{Mapping, Place};
use crate::verdict::Finding;
use std::collections::BTreeMap;

/// The longest constant before a value, in bytes.
const PREFIX: usize = 2_048;

/// The rules that a declaration breaks; a field that no item has is told with those that there are.
#[must_use]
pub fn check(text: &str) -> Vec<Finding> {
    let mapping: Mapping = match serde_json::from_str(text) {
        Ok(mapping) => mapping,
        Err(error) => {
            let message = format!("the mapping cannot be read: {error}");
            return vec![Finding::new("/mapping", "mapping_invalid", message)];
        }
    };
    let mut found = Vec::new();
    if mapping.fields.is_empty() {
        let message = "name at least the place of the title, as in {\"title\": \"/name\"}";
        found.push(Finding::new("/mapping/fields", "mapping_empty", message));
    }
    places("fields", &mapping.fields, EPISODE, &mut found);
    places("program", &mapping.program, PROGRAM, &mut found);
    found
}

fn places(
    member: &str,
    places: &BTreeMap<String, Place>,
    targets: &[Target],
    found: &mut Vec<Finding>,
) {
    for (name, place) in places {
        let pointer = format!(
            "/mapping/{member}/{}",
            name.replace('~', "~0").replace('/', "~1")
        );
        if !targets.iter().any(|target| target.name == name) {
            let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
            let message = format!("there is no such field; there are: {}", names.join(", "));
            found.push(Finding::new(pointer, "mapping_unknown_field", message));
        } else if let Place::Prefixed(prefixed) = place
            && prefixed.prefix.len() > PREFIX
        {
            let message = format!("use {PREFIX} bytes at most before a value");
            found.push(Finding::new(pointer, "too_long", message));
        }
    }
}
