//! What processes share through Redis: a second-level cache, rate limits, word of changes.
//!
//! All of it is best effort, and nothing here is the only copy of anything. What happens while Redis is away is in
//! docs/adr/0016-redis-is-best-effort.md: caches miss, rate limits are each process's own, word is lost and caches
//! outlive it by their bounded times.
//!
//! One Redis server, or one address before a primary and its replicas; not a cluster.

mod cache;
mod invalidations;
mod rate_limits;
mod server;
mod settings;

pub use cache::SharedCache;
pub use invalidations::SharedInvalidations;
pub use rate_limits::SharedRateLimits;
pub use server::Redis;
pub use settings::{Settings, Unusable};
