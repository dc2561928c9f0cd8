//! What every adapter of a port must do, as suites of async functions; each name is the sentence it checks.
//!
//! An adapter's test calls one macro per port with a function that makes an empty backend:
//! `mediamesh_ports::event_log_contract!(make)`. It becomes one test per sentence. The functions panic where
//! the sentence does not hold. For tests only (cargo feature `contract`).

pub mod cache;
pub mod event_log;
pub mod front;
pub mod groups;
pub mod invalidations;
pub mod objects;
pub mod rate_limits;
pub mod registry;
pub mod search_index;
pub mod state;
pub mod views;

use crate::event_log::{AppendLog, Groups, NewRecord, ReadLog};
use crate::objects::Objects;
use crate::registry::Registry;
use crate::search_index::{ReadSearch, WriteSearch};
use crate::view_store::{ReadViews, WriteViews};
use mediamesh_domain::position::Partition;
use mediamesh_domain::time::Timestamp;
use mediamesh_schemas::Topic;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// Where a server to test against is, for example `server("KAFKA")`: the variable `MEDIAMESH_TEST_KAFKA`.
///
/// `./dev test` starts the servers and sets the variables. A test without its server fails: it is not skipped.
///
/// # Panics
/// Where the variable is not set, saying what to do.
#[must_use]
pub fn server(name: &str) -> String {
    let variable = format!("MEDIAMESH_TEST_{name}");
    std::env::var(&variable).unwrap_or_else(|_| {
        panic!(
            "{variable} is not set: start the servers with `./dev services up` and set what \
             `./dev services env` prints, or test the embedded part alone with `./dev test --quick`"
        )
    })
}

/// How long a suite waits for what should come soon.
pub const SOON: Duration = Duration::from_secs(10);

/// What holds a backend up while it is tested (a directory, a server); dropped last.
pub type Keep = Box<dyn Any + Send + Sync>;

/// An event log to test; empty.
pub struct EventLog {
    /// Appends.
    pub append: Arc<dyn AppendLog>,
    /// Reads.
    pub read: Arc<dyn ReadLog>,
    /// Lets members join.
    pub groups: Arc<dyn Groups>,
    /// What holds it up.
    pub keep: Keep,
}

/// A view store to test; empty.
pub struct Views {
    /// Reads.
    pub read: Arc<dyn ReadViews>,
    /// Writes.
    pub write: Arc<dyn WriteViews>,
    /// What holds it up.
    pub keep: Keep,
}

/// An object store to test; empty.
pub struct ObjectStore {
    /// The store.
    pub objects: Arc<dyn Objects>,
    /// What holds it up.
    pub keep: Keep,
}

/// A schema registry to test; empty.
pub struct SchemaRegistry {
    /// The registry.
    pub registry: Arc<dyn Registry>,
    /// What holds it up.
    pub keep: Keep,
}

/// A search index to test; empty.
pub struct SearchIndex {
    /// Finds documents.
    pub read: Arc<dyn ReadSearch>,
    /// Writes documents.
    pub write: Arc<dyn WriteSearch>,
    /// What holds it up.
    pub keep: Keep,
}

/// A cache to test; empty, with room for some hundred small values.
pub struct Cache {
    /// The cache.
    pub cache: Arc<dyn crate::cache::Cache>,
    /// What holds it up.
    pub keep: Keep,
}

/// Rate limits to test, with no bucket yet.
pub struct RateLimits {
    /// The limits.
    pub here: Arc<dyn crate::rate_limits::RateLimits>,
    /// The same limits, as another process has them.
    pub there: Arc<dyn crate::rate_limits::RateLimits>,
    /// What holds them up.
    pub keep: Keep,
}

/// The way of word between processes; open.
pub struct Invalidations {
    /// The way.
    pub here: Arc<dyn crate::invalidations::Invalidations>,
    /// The same way, as another process has it.
    pub there: Arc<dyn crate::invalidations::Invalidations>,
    /// What holds it up.
    pub keep: Keep,
}

/// A record for tests.
#[must_use]
pub fn record(topic: Topic, partition: i32, key: &str, value: &str) -> NewRecord {
    NewRecord {
        topic,
        partition: Partition(partition),
        key: key.as_bytes().to_vec(),
        value: Some(value.as_bytes().to_vec()),
        headers: vec![("correlation-id".to_owned(), key.as_bytes().to_vec())],
        timestamp: Timestamp(1_700_000_000_000_000),
    }
}

/// Makes the macro that turns a suite into tests: its name, the suite's module, every sentence.
macro_rules! suite {
    ($d:tt $macro_name:ident, $module:ident: $($sentence:ident,)*) => {
        /// Makes one test of each sentence of this port's contract; give a function that makes a backend.
        #[macro_export]
        macro_rules! $macro_name {
            ($d make:expr) => {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $sentence() {
                        $crate::contract::$module::$sentence($d make()).await;
                    }
                )*
            };
        }
    };
}
pub(crate) use suite;
