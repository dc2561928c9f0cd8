//! mediamesh
