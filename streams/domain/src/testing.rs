//! The kit of tests about decisions: `given` what happened, `when` a command comes, then look at what follows.
//!
//! A [`World`] is one partition without a runtime. It applies what is decided, takes every fan-out to its end,
//! sends each command a second time, and checks after each step what must always hold ([`invariants`]). Its
//! methods panic where a test would: it is for tests alone.

pub mod invariants;
mod memory;
mod samples;
mod then;
mod world;

pub use memory::Memory;
pub use samples::{
    Asking, EPISODE, PROGRAM, SOURCE, ask, at, create_episode, create_program, episode_fields,
    fire, import_episode, import_program, origin, policies, program_fields, publish_episode,
    publish_program, run, source_says, update_episode, update_program,
};
pub use world::{Step, World, given, subject};
