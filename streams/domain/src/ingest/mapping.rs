//! How the members of any JSON become an episode's and a program's fields: a small closed declaration.
//!
//! A mapping names places; it computes nothing. What stands there goes through the same rules as the
//! words of RSS, so that a date, a duration or a category is read here as everywhere.

mod check;
mod pointer;
mod targets;
#[cfg(test)]
mod tests;

pub use check::check;
pub use pointer::Pointer;

use self::targets::{EPISODE, PROGRAM, Shape, Target};
use super::{Element, FeedContext, Reading};
use crate::command::FieldRepair;
use crate::model::{EpisodeFields, ProgramFields, SourceFields, SourceFormat, limits};
use crate::repair::{self, Repair};
use crate::{episode, program};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the members of a JSON document are read.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Where the array of entries is: a JSON pointer; empty: the document is that array.
    #[serde(default)]
    pub entries: Pointer,
    /// Where the address of the next page is, in the document; absent: there is one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Pointer>,
    /// The program's fields, and where in the document each is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub program: BTreeMap<String, Place>,
    /// An episode's fields, and where in an entry each is.
    pub fields: BTreeMap<String, Place>,
    /// Whether a place where nothing is goes without a note.
    #[serde(skip)]
    silent: bool,
}

/// Where a value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Place {
    /// What stands there.
    At(Pointer),
    /// What stands there, behind a constant.
    Prefixed(Prefixed),
}

/// A value behind a constant: the rest of an address, mostly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Prefixed {
    /// Where the value is.
    pub at: Pointer,
    /// What stands before it.
    pub prefix: String,
}

impl Place {
    fn pointer(&self) -> &Pointer {
        match self {
            Self::At(at) => at,
            Self::Prefixed(prefixed) => &prefixed.at,
        }
    }

    /// The values that are there, in order.
    fn values(&self, element: &Element) -> Vec<String> {
        let found = self.pointer().find(element);
        let texts = found.into_iter().map(|found| found.text.trim());
        let texts = texts.filter(|text| !text.is_empty()).take(limits::LIST);
        match self {
            Self::At(_) => texts.map(str::to_owned).collect(),
            Self::Prefixed(Prefixed { prefix, .. }) => {
                texts.map(|text| format!("{prefix}{text}")).collect()
            }
        }
    }
}

impl Mapping {
    /// How a source of the format `json` is read: as it declares, else by the fields' own names.
    #[must_use]
    pub fn of(source: &SourceFields) -> Option<Self> {
        match source.mapping.as_deref() {
            Some(declared) => Self::parse(declared),
            None if source.format == SourceFormat::Json => Some(Self::by_name()),
            None => None,
        }
    }

    /// Each field by its own name, in an array of entries or in the columns of a table.
    #[must_use]
    pub fn by_name() -> Self {
        let place = |target: &Target| (target.name.to_owned(), Place::At(Pointer::to(target.name)));
        Self {
            fields: EPISODE.iter().map(place).collect(),
            silent: true,
            ..Self::default()
        }
    }

    /// Whether an episode's field is at a column, or inside it.
    #[must_use]
    pub fn reads(&self, column: &str) -> bool {
        let mut first = self
            .fields
            .values()
            .map(|place| place.pointer().steps().first());
        first.any(|step| step.is_some_and(|step| step == column))
    }

    /// Reads a declaration that was checked before.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// An entry in the words of RSS, and the fields at whose place nothing is.
    #[must_use]
    pub fn entry(&self, entry: &Element) -> (Element, Vec<&'static str>) {
        let (item, missed) = translate("item", entry, &self.fields, EPISODE);
        (item, if self.silent { Vec::new() } else { missed })
    }

    /// What the document says of the program, in the words of RSS.
    #[must_use]
    pub fn channel(&self, document: &Element) -> (Element, Vec<&'static str>) {
        translate("channel", document, &self.program, PROGRAM)
    }

    /// What entries must know of their document.
    #[must_use]
    pub fn context(&self, document: &Element) -> FeedContext {
        let first = |name: &str| self.program.get(name)?.values(document).into_iter().next();
        FeedContext {
            url: String::new(),
            title: first("title"),
            language: first("language"),
            author: first("author"),
            explicit: first("explicit"),
        }
    }

    /// The address of the next page as it is written.
    #[must_use]
    pub fn next_page<'e>(&self, document: &'e Element) -> Option<&'e str> {
        let found = self.next.as_ref()?.find(document);
        let mut texts = found.into_iter().map(|found| found.text.trim());
        texts.find(|text| !text.is_empty())
    }
}

/// An episode's fields from an entry by a mapping, and what was repaired.
#[must_use]
pub fn episode(
    mapping: &Mapping,
    entry: &Element,
    feed: &FeedContext,
) -> (EpisodeFields, Vec<FieldRepair>) {
    let (item, missed) = mapping.entry(entry);
    let (fields, repairs) = episode::normalise::rss(&item, feed);
    (fields, told(repairs, &missed, &item, feed))
}

/// A program's fields from a document by a mapping, and what was repaired.
#[must_use]
pub fn program(
    mapping: &Mapping,
    document: &Element,
    feed: &FeedContext,
) -> (ProgramFields, Vec<FieldRepair>) {
    let (channel, missed) = mapping.channel(document);
    let (mut fields, repairs) = program::normalise::rss(&channel, feed);
    fields.feed_url = None;
    (fields, told(repairs, &missed, &channel, feed))
}

/// The repairs with a note for each field at whose place nothing was.
fn told(
    repairs: Vec<FieldRepair>,
    missed: &[&'static str],
    element: &Element,
    feed: &FeedContext,
) -> Vec<FieldRepair> {
    let mut reading = Reading::new(element, feed);
    for pointer in missed {
        reading.note(pointer, Repair::MappingMissed);
    }
    let mut all = repairs;
    all.extend(reading.into_repairs());
    all
}

fn translate(
    name: &str,
    from: &Element,
    places: &BTreeMap<String, Place>,
    targets: &'static [Target],
) -> (Element, Vec<&'static str>) {
    let mut to = Element {
        name: name.to_owned(),
        ..Element::default()
    };
    let mut missed = Vec::new();
    // In the order of the targets: the first of several ways to say one thing counts.
    for target in targets {
        let Some(place) = places.get(target.name) else {
            continue;
        };
        let values = place.values(from);
        if values.is_empty() {
            missed.push(target.pointer);
        } else {
            put(&mut to, target.shape, values);
        }
    }
    (to, missed)
}

/// Adds the values of a field as RSS says them.
fn put(to: &mut Element, shape: Shape, values: Vec<String>) {
    match shape {
        Shape::Text(name) => {
            let text = values.into_iter().next();
            to.children.extend(text.map(|text| leaf(name, text)));
        }
        Shape::Plain(name) => {
            let html = values.first().map(|text| repair::html::of_text(text).value);
            to.children.extend(html.map(|html| leaf(name, html)));
        }
        Shape::Each(name) => {
            to.children
                .extend(values.into_iter().map(|text| leaf(name, text)));
        }
        Shape::Joined(name) => to.children.push(leaf(name, values.join(","))),
        Shape::Attribute(name, attribute) => {
            let at = to.children.iter().position(|child| child.name == name);
            let at = at.unwrap_or_else(|| {
                to.children.push(leaf(name, String::new()));
                to.children.len() - 1
            });
            if let (Some(child), Some(value)) = (to.children.get_mut(at), values.into_iter().next())
            {
                child.attributes.insert(attribute.to_owned(), value);
            }
        }
    }
}

fn leaf(name: &str, text: String) -> Element {
    Element {
        name: name.to_owned(),
        text,
        ..Element::default()
    }
}
