//! mediamesh-runtime
