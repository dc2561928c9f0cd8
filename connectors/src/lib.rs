//! mediamesh-connectors
