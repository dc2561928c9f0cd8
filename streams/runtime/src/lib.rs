//! The processor runtime: drives the pure core over an event log, and keeps its promises.
//!
//! A [`Processor`] is a synchronous function from a record and a state to effects as data; a [`Sink`] brings
//! records into a store that readers query. A [`worker`] turns one of them as a member of its group: poll,
//! process, commit one step. The [`runner`] gives each worker a thread, the [`driver`] turns the same workers
//! in memory for tests. The [`topology`] says which there are, [`processors`] is how they call the domain, and
//! [`followers`] is what the APIs hear of it all.
//!
//! Nothing here names an adapter or a driver of a database, and no rule about the content stands here.

pub mod archive;
mod backoff;
pub mod clock;
pub mod dead_letter;
pub mod driver;
pub mod followers;
pub mod health;
pub mod mark;
mod meter;
mod overlay;
pub mod pipeline;
mod processor;
pub mod processors;
pub mod rebuild;
pub mod refill;
pub mod runner;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod scripted;
pub mod sink;
pub mod step;
pub mod switches;
pub mod timers;
pub mod topology;
mod trial;
pub mod window;
pub mod worker;

pub use health::{Health, Status};
pub use meter::Tally;
pub use overlay::Overlay;
pub use pipeline::Pipeline;
pub use processor::{Effects, Failure, Outcome, Processor, Rejection};
pub use runner::Runner;
pub use sink::Sink;
pub use switches::Switches;
pub use trial::try_entries;
