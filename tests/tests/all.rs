//! The one integration-test binary: a module a subject.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail the test"
)]

mod architecture;
mod crash;
