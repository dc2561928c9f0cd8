//! mediamesh-domain

pub mod text;
