//! Queries: what the handlers ask of the views. Nothing here knows a request but by its values.

pub mod document;
pub mod history;
pub mod list;
pub mod matches;
pub mod page;
pub mod provenance;
pub mod run;
pub mod search;
pub mod source;
pub mod timeline;
pub mod versions;
pub mod withdrawal;
