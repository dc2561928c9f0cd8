//! mediamesh-schemas
