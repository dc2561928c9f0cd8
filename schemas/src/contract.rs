//! Which struct of the domain is the record of which topic.

use crate::codec::{Datum, DecodeError, EncodeError};
use crate::topics::Topic;
use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::command::Command;
use mediamesh_domain::control::accounts::AccountRecord;
use mediamesh_domain::control::{ControlCommand, ControlEvent};
use mediamesh_domain::event::Event;
use mediamesh_domain::ingest::{Element, RawBody, RawEntry};
use mediamesh_domain::parked::ParkedRecord;
use mediamesh_domain::run::IngestEvent;
use mediamesh_domain::verdict::Verdict;
use mediamesh_domain::view::ViewProgress;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How deep records may be nested in a record: what is deeper is refused on the way in and on the way out.
///
/// Only [`RawEntry`] can be nested at all; connectors cut what they find at [`MAX_ELEMENT_DEPTH`].
pub const MAX_DEPTH: usize = 64;

/// How deep the elements of a raw entry may be nested: the entry itself and its feed take the rest.
pub const MAX_ELEMENT_DEPTH: usize = MAX_DEPTH - 4;

/// A struct of the domain that is the newest version of a topic's records.
pub trait Contract: Serialize + DeserializeOwned {
    /// The topic.
    const TOPIC: Topic;

    /// Whether every reader will be able to read the record.
    ///
    /// # Errors
    /// Where it is nested too deep.
    fn check(&self) -> Result<(), EncodeError> {
        Ok(())
    }

    /// Reads a record of an older version where its shape is not the newest one's with fields left out.
    ///
    /// `None`, the rule: the record is read straight into the struct and serde fills what is new.
    ///
    /// # Errors
    /// Those of [`Datum::read`].
    fn upcast(_version: i32, _old: &Datum, _bytes: &[u8]) -> Option<Result<Self, DecodeError>> {
        None
    }
}

macro_rules! contracts {
    ($($record:ty => $topic:ident;)*) => {
        $(impl Contract for $record {
            const TOPIC: Topic = Topic::$topic;
        })*
    };
}

contracts! {
    Command => ContentCommands;
    Event => ContentEvents;
    Verdict => CommandVerdicts;
    CatalogRecord => Catalog;
    ViewProgress => ViewProgress;
    ControlCommand => ControlCommands;
    ControlEvent => ControlEvents;
    IngestEvent => IngestEvents;
    ParkedRecord => ViewParked;
    AccountRecord => Accounts;
}

impl Contract for RawEntry {
    const TOPIC: Topic = Topic::IngestRaw;

    fn check(&self) -> Result<(), EncodeError> {
        match &self.body {
            Some(RawBody::Feed(root) | RawBody::Entry(root)) if depth(root) > MAX_ELEMENT_DEPTH => {
                Err(EncodeError::TooDeep {
                    limit: MAX_ELEMENT_DEPTH,
                })
            }
            _ => Ok(()),
        }
    }
}

/// How deep an element is nested; 1 for one without children. It does not recurse.
#[must_use]
pub fn depth(root: &Element) -> usize {
    let mut deepest = 0;
    let mut open = vec![(root, 1)];
    while let Some((element, level)) = open.pop() {
        deepest = deepest.max(level);
        open.extend(element.children.iter().map(|child| (child, level + 1)));
    }
    deepest
}
