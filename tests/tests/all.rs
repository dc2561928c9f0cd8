//! The one integration-test binary: a module a subject.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod architecture;
mod crash;
mod feeds;
mod hubs;
mod identity;
mod moving_sources;
mod parity;
mod sources;
