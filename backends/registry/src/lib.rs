//! The schema registry, over the Confluent API of any registry that speaks it: Confluent's, Apicurio, Redpanda,
//! Karapace.
//!
//! Our own compatibility gate stands before the registry's, so that a refusal names the field and means the same on
//! every registry. This crate knows no topic and no record: subjects and schemas are texts to it.

mod api;
mod background;
mod confluent;
mod settings;

pub use confluent::Confluent;
pub use settings::{Settings, Unusable};
