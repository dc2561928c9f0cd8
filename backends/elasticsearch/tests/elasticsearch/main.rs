//! The search index on a real server, at `MEDIAMESH_TEST_ELASTICSEARCH`: each test has a prefix of its own, and
//! removes what it made.

mod contract;
mod depth;
mod generated;
mod parity;
mod progress;
mod races;
mod support;
mod writes;
