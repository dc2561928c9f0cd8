//! Episodes: the parts of a program that are played.

mod aggregate;
pub mod join;
pub mod ladder;
pub mod normalise;
pub mod parting;
pub mod project;
pub mod suspicion;
#[cfg(test)]
mod tests;
pub mod validate;

pub use aggregate::Episode;
