//! mediamesh-embedded
