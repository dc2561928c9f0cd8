//! mediamesh-api-read
