//! How the members of any JSON become an episode's and a program's fields: a small closed declaration.
//!
//! A mapping names places; it computes nothing. What stands there goes through the same rules as the
//! words of RSS, so that a date, a duration or a category is read here as everywhere.

mod available;
mod check;
mod pointer;
mod targets;
#[cfg(test)]
mod tests;
mod words;

pub use check::check;
pub use pointer::Pointer;

use self::targets::{EPISODE, PROGRAM, Target};
use self::words::translate;
use super::{Element, FeedContext, Reading};
use crate::command::FieldRepair;
use crate::model::{EpisodeFields, ProgramFields, SourceFields, SourceFormat, limits};
use crate::repair::Repair;
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
    /// Several things, and where in each its members are.
    Each(Each),
}

/// Several things: people, chapters, files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// Where they are.
    pub each: Pointer,
    /// The members of such a thing, and where in it each is.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub fields: BTreeMap<String, Place>,
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
            Self::Each(list) => &list.each,
        }
    }

    /// The values that are there, in order.
    fn values(&self, element: &Element) -> Vec<String> {
        let found = self.pointer().find(element);
        let texts = found.into_iter().map(|found| found.text.trim());
        let texts = texts.filter(|text| !text.is_empty()).take(limits::LIST);
        match self {
            Self::At(_) => texts.map(str::to_owned).collect(),
            // What is several things is no value.
            Self::Each(_) => Vec::new(),
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

    /// Whether the document says that it is not to be imported elsewhere.
    #[must_use]
    pub fn locked(&self, document: &Element) -> bool {
        self.program.contains_key("locked")
            && Reading::new(&self.channel(document).0, &FeedContext::default())
                .yes("podcast:locked")
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
    let (mut fields, repairs) = episode::normalise::rss(&item, feed);
    let mut reading = Reading::new(&item, feed);
    available::read(&mut reading, &mut fields.availability);
    (fields, told(repairs, &missed, reading))
}

/// A program's fields from a document by a mapping, and what was repaired. Where the document says no title, the
/// program is called as its source is, if it is the source's own.
#[must_use]
pub fn program(
    mapping: &Mapping,
    document: &Element,
    feed: &FeedContext,
    source: &SourceFields,
) -> (ProgramFields, Vec<FieldRepair>) {
    let (mut channel, missed) = mapping.channel(document);
    let is_own = source.program_id.is_none() && !source.name.trim().is_empty();
    let unnamed = is_own && channel.text_of(&["title"]).is_none();
    if unnamed {
        let name = source.name.trim().to_owned();
        channel.children.push(words::leaf("title", name));
    }
    let (mut fields, repairs) = program::normalise::rss(&channel, feed);
    fields.feed_url = None;
    let mut reading = Reading::new(&channel, feed);
    available::read(&mut reading, &mut fields.availability);
    if unnamed {
        reading.note("/title", Repair::TitleOfSource);
    }
    (fields, told(repairs, &missed, reading))
}

/// The repairs with a note for each field at whose place nothing was.
fn told(
    mut repairs: Vec<FieldRepair>,
    missed: &[&'static str],
    mut reading: Reading<'_>,
) -> Vec<FieldRepair> {
    for pointer in missed {
        reading.note(pointer, Repair::MappingMissed);
    }
    repairs.extend(reading.into_repairs());
    repairs
}
