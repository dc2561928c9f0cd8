//! mediamesh-api-write
