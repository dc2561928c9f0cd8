//! Opens elements: their namespaces, names and attributes, each within its limit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use quick_xml::events::attributes::Attributes;

use crate::feed::error::ParseError;
use crate::feed::limits::KEPT_DEPTH;
use crate::feed::text;
use crate::feed::tokens::Tag;

use super::{Cursor, Kind, Open};

impl<'t> Cursor<'t> {
    /// Opens an element; gives its name and its attributes where they are wanted.
    pub(super) fn push(
        &mut self,
        tag: Tag<'t>,
        wanted: bool,
        base: usize,
    ) -> Result<(String, BTreeMap<String, String>), ParseError> {
        let in_force = self.names.in_force();
        self.declare(&tag)?;
        let name = self.names.element(tag.name);
        let is_text = name.is_text;
        let name = if wanted {
            name.usual.clone()
        } else {
            String::new()
        };
        let attributes = self.attributes(&tag, wanted)?;
        let kept = self.open.len() < base + KEPT_DEPTH - 1;
        let kind = match is_text || !kept {
            true => Kind::Text,
            false => Kind::Structure,
        };
        self.open(tag.name, kind, in_force)?;
        Ok((name, attributes))
    }

    pub(super) fn open(
        &mut self,
        name: &'t str,
        kind: Kind,
        in_force: usize,
    ) -> Result<(), ParseError> {
        if name.is_empty() {
            return Err(self.tokens.ill_formed("a tag without a name"));
        }
        if self.open.len() >= self.limits.max_depth {
            let limit = self.limits.max_depth;
            return Err(self.tokens.limit("elements inside each other", limit));
        }
        self.open.push(Open {
            name,
            kind,
            text_bytes: 0,
            in_force,
        });
        Ok(())
    }

    /// Takes in the namespaces that a tag declares.
    pub(super) fn declare(&mut self, tag: &Tag<'t>) -> Result<(), ParseError> {
        if !tag.attributes.contains("xmlns") {
            return Ok(());
        }
        for (name, value) in attributes(tag) {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) if prefix.starts_with(':') => &prefix[1..],
                _ => continue,
            };
            self.steps += 1;
            if self.names.in_force() >= self.limits.max_namespaces {
                let limit = self.limits.max_namespaces;
                return Err(self.tokens.limit("declarations of namespaces", limit));
            }
            let depth = self.open.len() + 1;
            self.names.declare(prefix, &text::attribute(value), depth);
        }
        Ok(())
    }

    /// A tag's attributes but for the declarations; counted, and read where they are wanted.
    fn attributes(
        &mut self,
        tag: &Tag<'t>,
        wanted: bool,
    ) -> Result<BTreeMap<String, String>, ParseError> {
        let mut read = BTreeMap::new();
        let mut count = 0;
        for (name, value) in attributes(tag) {
            count += 1;
            if count > self.limits.max_attributes {
                let limit = self.limits.max_attributes;
                return Err(self.tokens.limit("attributes on one element", limit));
            }
            if value.len() > self.limits.max_text_bytes {
                let limit = self.limits.max_text_bytes;
                return Err(self.tokens.limit("bytes in one attribute", limit));
            }
            let declares = name == "xmlns" || name.starts_with("xmlns:");
            if wanted && !declares && !name.is_empty() {
                let name = self.names.attribute(name).to_owned();
                read.entry(name).or_insert_with(|| text::attribute(value));
            }
        }
        self.steps += count as u64;
        Ok(read)
    }
}

/// A tag's attributes as they are written; broken ones are left out.
fn attributes<'t>(tag: &Tag<'t>) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
    let mut attributes = Attributes::html(tag.attributes, 0);
    attributes.with_checks(false);
    attributes.map(|attribute| match attribute {
        Ok(attribute) => match attribute.value {
            Cow::Borrowed(value) => (attribute.key.0, value),
            Cow::Owned(_) => (attribute.key.0, ""),
        },
        // It counts towards the limit.
        Err(_) => ("", ""),
    })
}
