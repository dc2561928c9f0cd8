//! mediamesh-domain

pub mod repair;
