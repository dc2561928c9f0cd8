//! mediamesh-bench
