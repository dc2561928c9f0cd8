//! mediamesh-connectors

pub mod egress;
