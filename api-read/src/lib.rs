//! The read API: queries over the materialised views and nothing else.
//!
//! Two faces of one crate: what everybody may read (lane `live`, port 8080) and the desk's reads (lane
//! `draft`, port 8081, with a key). A handler takes its input, makes one call into [`query`] and replies.
//! Documents are served as the bytes that stand in their row. Nothing here knows an adapter, decides
//! anything or writes anything.

pub mod address;
pub mod api;
mod desk;
pub mod language;
mod params;
mod public;
pub mod query;
mod reply;
mod routes;

pub use api::{DeskApi, ReadApi, ReadPorts};
pub use routes::{desk_router, desk_routes, public_router, public_routes};

#[cfg(test)]
mod tests;
