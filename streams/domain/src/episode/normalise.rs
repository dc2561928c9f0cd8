//! What a feed says of one entry, as an episode's fields.
//!
//! One module a format, each a function from an entry and its feed to fields and repairs; what stands in the
//! namespaces of podcasts and media is the same in RSS and Atom ([`xml`]).

mod atom;
mod json_feed;
mod media;
mod parts;
mod rss;
mod xml;

pub use atom::atom;
pub use json_feed::json_feed;
pub use rss::rss;
