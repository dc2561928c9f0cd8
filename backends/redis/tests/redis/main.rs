//! What processes share through Redis, from outside: on a real server, and while it is away.

mod beyond;
mod contract;
mod outages;
mod support;
