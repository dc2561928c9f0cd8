//! The event log on Kafka, by rdkafka, with the state of processors in a local store and a changelog topic.
//!
//! [`KafkaLog`] is the ports `AppendLog`, `ReadLog`, `Groups` and `ReadState`; [`topics`] makes and checks what it
//! needs in the cluster. Nothing here knows what a record means. Every call of librdkafka that can block has a
//! bound, and no client of it is dropped by whoever must not block.

mod append;
mod client;
mod error;
mod groups;
mod health;
mod lag;
mod log;
mod member;
mod meter;
mod names;
mod questions;
mod read;
mod records;
mod settings;
mod state;
pub mod topics;
mod transactions;

pub use log::{KafkaLog, OpenError};
pub use settings::{Deadlines, Faults, Mechanism, Security, Settings, Tls, Unusable};
pub use state::OpenError as StateError;
