//! The view store on ScyllaDB or Cassandra, by CQL.
//!
//! A table by query for each version of a view; every write carries the row's `seq` as its timestamp, so the
//! cluster itself keeps the newest and no read comes before a write (docs/adr/0014-cql-views.md). What is said to
//! the servers stands in two places: `statements` and the files under `migrations/`. Both are CQL that ScyllaDB
//! and Cassandra run alike.

mod connect;
mod error;
pub mod migrate;
mod read;
mod retry;
mod rows;
mod settings;
mod statements;
mod store;
mod tables;
mod tls;
mod write;

pub use connect::Cluster;
pub use error::Error;
pub use settings::{Credentials, Replication, Settings, Tls, Unusable};
pub use store::Views;
