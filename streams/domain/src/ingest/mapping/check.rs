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
    places("/mapping/fields", &mapping.fields, EPISODE, &mut found);
    places("/mapping/program", &mapping.program, PROGRAM, &mut found);
    found
}

fn places(
    at: &str,
    places: &BTreeMap<String, Place>,
    targets: &'static [Target],
    found: &mut Vec<Finding>,
) {
    for (name, place) in places {
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        let target = targets.iter().find(|target| target.name == name);
        let Some(target) = target else {
            let names: Vec<&str> = targets.iter().map(|target| target.name).collect();
            let message = format!("there is no such field; there are: {}", names.join(", "));
            found.push(Finding::new(pointer, "mapping_unknown_field", message));
            continue;
        };
        match (place, target.shape.members()) {
            (Place::Prefixed(prefixed), _) if prefixed.prefix.len() > PREFIX => {
                let message = format!("use {PREFIX} bytes at most before a value");
                found.push(Finding::new(pointer, "too_long", message));
            }
            (Place::Each(list), Some(members)) if !list.fields.is_empty() => {
                self::places(&format!("{pointer}/fields"), &list.fields, members, found);
            }
            (Place::Each(_), Some(members)) => {
                let names: Vec<&str> = members.iter().map(|target| target.name).collect();
                let message = format!("name a member at least; there are: {}", names.join(", "));
                found.push(Finding::new(
                    format!("{pointer}/fields"),
                    "mapping_empty",
                    message,
                ));
            }
            (Place::Each(_), None) => {
                let message = "it is one value, not several things: give a pointer alone";
                found.push(Finding::new(pointer, "mapping_not_a_list", message));
            }
            _ => {}
        }
    }
}
