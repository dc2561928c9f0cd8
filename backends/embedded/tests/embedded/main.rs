//! The embedded backend, from outside.

mod contract;
mod durability;
mod housekeeping;
mod members;
mod opening;
mod support;
mod view_rows;
