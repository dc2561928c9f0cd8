//! A run of one source: what it has now becomes records of `ingest.raw`.
//!
//! A run fetches (or is given bytes), reads off the async threads, compares every entry with what
//! the last run saw and appends what is new or changed, the feed itself first. What the last run
//! saw is one object per source, written only after the log has taken the records: a crash between
//! the two appends them again, which the decider drops. A paged feed is followed to what is known; a
//! feed that moved is followed where the same feed is at the new address. Knows nothing of schedules;
//! what entries mean is for `normalise`.

mod channel;
mod clock;
mod credentials;
mod entries;
mod error;
mod hash;
mod ingest;
mod input;
mod push;
mod report;
mod rhythm;
mod state;
#[cfg(test)]
mod tests;
mod told;
mod youtube;

pub use clock::{Clock, SystemClock};
pub use credentials::{Credential, Credentials};
pub use error::IngestError;
pub use ingest::{Ingest, Paging, Parts};
pub use input::{Input, Job};
#[cfg(any(test, feature = "fuzzing"))]
pub use push::fuzzing;
pub use push::{Push, PushError, Pushed, Turned};
pub use report::{FailedRun, RunReport};
pub(crate) use told::event as told;
pub use told::{HearRuns, RunEvents};
pub use youtube::YouTubeApi;
pub(crate) use youtube::hub as youtube_hub;
