//! The write API: it authenticates, checks the shape, appends a command to the log and tells the verdict.
//!
//! All routes stand on one page ([`routes`]); a handler takes its input, makes one [`ask::Ask`] of it and hands
//! it to [`api::WriteApi`]. Whether a command happens is for the deciders to say: no rule about content stands
//! here, nothing is written but commands, and nothing is told as done before it is durable.

mod answer;
pub mod api;
mod ask;
mod commands;
pub mod connect;
mod episodes;
mod idempotency;
mod ingest;
mod keys;
mod patch;
mod people;
pub mod poll;
mod programs;
mod routes;
mod runs;
mod sources;
mod submit;
mod versions;
mod withdrawal;

pub use api::{Limits, WriteApi, WritePorts};
pub use people::SignIn;
pub use poll::{PollError, PollNow, Polled};
pub use programs::merging::{Merger, ProgramsMerged};
pub use routes::{write_router, write_routes};

#[cfg(test)]
mod tests;
