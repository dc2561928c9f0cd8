//! mediamesh-embedded

pub mod search_index;
