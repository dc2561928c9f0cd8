//! Tests that look at MediaMesh from outside: the whole program, or the whole workspace.
//!
//! All of them are modules of one integration-test binary, `tests/tests/all.rs`, so that it links
//! once. This library is for what several of those modules share; nothing of the program may
//! depend on it.

pub mod addresses;
pub mod commands;
pub mod deployment;
pub mod invariants;
pub mod node;
pub mod python;
