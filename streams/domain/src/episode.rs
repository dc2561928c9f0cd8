//! Episodes: the parts of a program that are played.

mod aggregate;
pub mod join;
pub mod ladder;
pub mod normalise;
pub mod project;
#[cfg(test)]
mod tests;
pub mod validate;

pub use aggregate::Episode;
