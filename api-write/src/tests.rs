//! The API over the real deciders, in memory: every status, and what the log holds after it.

mod conformance;
mod connect;
mod content;
mod control;
mod description;
mod held;
mod idempotency;
mod identity;
mod lists;
mod log_failures;
mod matrix;
mod people;
mod programs;
mod versions;
mod withdrawals;
mod world;
