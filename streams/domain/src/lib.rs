//! The pure core of MediaMesh: the content model and every rule about it.
//!
//! Synchronous and total. There is no clock, no randomness, no I/O, no log line and no async here: time and
//! ids come in on the record, and what must happen goes out as data. Whatever is true of a program or an
//! episode on one machine is therefore true on every machine and in every replay.
//!
//! The way of an entry through this crate is its types:
//! [`ingest::RawEntry`] -> [`ingest::normalise`] -> [`command::Command`] -> [`decide`] -> [`event::Event`]
//! -> `evolve` -> `join` -> [`catalog::CatalogRecord`] -> [`project`] -> rows and search documents.

pub mod access;
mod bytes_option;
pub mod catalog;
pub mod command;
pub mod control;
pub mod decide;
pub mod episode;
pub mod event;
pub mod id;
pub mod ingest;
pub mod item;
pub mod lang;
pub mod model;
pub mod parked;
pub mod position;
pub mod program;
pub mod project;
pub mod repair;
mod rules;
pub mod run;
pub mod state;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod time;
pub mod verdict;
pub mod view;
