//! mediamesh-ports
