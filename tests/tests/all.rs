//! The one integration-test binary: a module a subject.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod architecture;
mod clients;
mod compaction;
mod crash;
mod dead_letters;
mod doors;
mod feeds;
mod full_disk;
mod hubs;
mod identity;
mod life;
mod limits;
mod moving_sources;
mod openapi;
mod parity;
mod people;
mod polls;
mod process;
mod rebuild;
mod scale;
mod search_lost;
mod sources;
