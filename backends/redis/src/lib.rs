//! Caches, rate limits and invalidations on Redis.
