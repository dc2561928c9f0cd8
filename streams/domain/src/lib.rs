//! mediamesh-domain
