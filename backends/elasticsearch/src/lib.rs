//! The search index on Elasticsearch 8 and 9.
//!
//! Each version of the view is an index behind an alias of its own. Elasticsearch keeps the domain's tokens as
//! they are and finds candidates by tiers of constant score; it analyses and ranks nothing, so its answers are
//! those of the embedded index. A head document per item says at which `seq` it stands and in which languages
//! it was ever written: no write brings back what a newer one removed (docs/adr/0015-elasticsearch.md).
//!
//! The client brings no deadline and no retry: the module `client` sets both.

mod bulk;
mod client;
mod document;
mod error;
mod get;
mod heads;
mod index;
mod mapping;
mod progress;
mod query;
mod retries;
mod search;
mod settings;
mod write;

#[cfg(test)]
mod scripted;

pub use index::SearchIndex;
pub use settings::{BulkLimits, Credentials, Settings, SettingsError};
