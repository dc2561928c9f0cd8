//! How records reach the domain and come back: decode, one call, encode. One file a processor or sink.
//!
//! No rule about the content stands here.

mod control;
mod decide;
mod door;
mod history;
mod index;
mod materialise;
mod normalise;
mod row_keys;
mod runs;
mod verdicts;
mod wire;

#[cfg(test)]
mod tests;

pub use control::ControlProcessor;
pub use decide::DecideProcessor;
pub use door::Door;
pub use history::HistorySink;
pub use index::IndexSink;
pub use materialise::MaterialiseSink;
pub use normalise::{Followed, NormaliseProcessor, Surroundings};
pub use runs::RunsSink;
pub use verdicts::VerdictsSink;
