//! The view store against a real server: Cassandra, or ScyllaDB, at `MEDIAMESH_TEST_CQL`.

mod contract;
mod drops;
mod dumps;
mod faults;
mod migrations;
mod order;
mod support;
