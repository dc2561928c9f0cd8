//! The one integration-test binary of the contracts: a module a subject.

mod evolution;
mod golden;
mod page;
mod published;
mod restoring;
mod roundtrip;
mod support;
