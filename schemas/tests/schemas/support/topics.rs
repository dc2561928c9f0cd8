//! Calls something for a topic with the type of its records.

use mediamesh_domain::catalog::CatalogRecord;
use mediamesh_domain::command::Command;
use mediamesh_domain::control::accounts::AccountRecord;
use mediamesh_domain::control::{ControlCommand, ControlEvent};
use mediamesh_domain::event::Event;
use mediamesh_domain::ingest::RawEntry;
use mediamesh_domain::parked::ParkedRecord;
use mediamesh_domain::run::IngestEvent;
use mediamesh_domain::verdict::Verdict;
use mediamesh_domain::view::ViewProgress;
use mediamesh_schemas::{Contract, Topic};
use std::fmt::Debug;

/// Something to be done with records of any topic.
pub trait ForTopic {
    type Output;

    fn call<T: Contract + PartialEq + Debug>(self) -> Self::Output;
}

/// Does it with a topic's type.
pub fn for_topic<F: ForTopic>(topic: Topic, what: F) -> F::Output {
    match topic {
        Topic::IngestRaw => what.call::<RawEntry>(),
        Topic::ContentCommands => what.call::<Command>(),
        Topic::ContentEvents => what.call::<Event>(),
        Topic::CommandVerdicts => what.call::<Verdict>(),
        Topic::Catalog => what.call::<CatalogRecord>(),
        Topic::ViewProgress => what.call::<ViewProgress>(),
        Topic::ControlCommands => what.call::<ControlCommand>(),
        Topic::ControlEvents => what.call::<ControlEvent>(),
        Topic::IngestEvents => what.call::<IngestEvent>(),
        Topic::ViewParked => what.call::<ParkedRecord>(),
        Topic::Accounts => what.call::<AccountRecord>(),
        other => panic!("{other} has no struct"),
    }
}
