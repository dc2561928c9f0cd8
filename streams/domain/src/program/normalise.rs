//! What a feed says of itself, as a program's fields.
//!
//! One module a format, each a function from a feed's own elements and their context to fields and repairs;
//! what stands in the namespaces of podcasts and media is the same in RSS and Atom ([`xml`]).

mod atom;
mod json_feed;
mod rss;
mod xml;

pub use atom::atom;
pub use json_feed::json_feed;
pub use rss::rss;
