//! A run of one source: what it has now becomes records of `ingest.raw`.
//!
//! A run fetches (or is given bytes), reads off the async threads, compares every entry with what
//! the last run saw and appends what is new or changed, the feed itself first. What the last run
//! saw is one object per source, written only after the log has taken the records: a crash between
//! the two appends them again, which the decider drops. Knows nothing of schedules; what entries
//! mean is for `normalise`.

mod clock;
mod entries;
mod error;
mod hash;
mod ingest;
mod input;
mod push;
mod report;
mod state;
#[cfg(test)]
mod tests;
mod told;

pub use clock::{Clock, SystemClock};
pub use error::IngestError;
pub use ingest::{Credentials, Ingest, Parts};
pub use input::{Input, Job};
pub use push::{Push, PushError, Pushed, Turned};
pub use report::RunReport;
pub use told::{HearRuns, RunEvents};
