//! mediamesh-tests
