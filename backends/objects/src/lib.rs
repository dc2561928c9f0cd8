//! The object store on any S3-compatible bucket.
//!
//! It makes no bucket and no rule for one: who runs the deployment does, and the credentials need to read, write, list
//! and delete there, nothing else.

mod bucket;
mod settings;

pub use bucket::Bucket;
pub use settings::{Keys, Settings, Unusable};
