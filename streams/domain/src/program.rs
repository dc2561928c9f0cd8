//! Programs: podcasts, shows, documentaries, channels.

mod aggregate;
pub mod join;
pub mod normalise;
pub mod project;
pub mod validate;

pub use aggregate::Program;
