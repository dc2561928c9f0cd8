//! Programs: podcasts, shows, documentaries, channels.

mod aggregate;
pub mod join;
pub mod normalise;
pub mod project;
#[cfg(test)]
mod tests;
pub mod validate;

pub use aggregate::Program;
