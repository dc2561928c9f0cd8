//! The contracts: every topic, its Avro schemas by version, and the way between wire and domain.
//!
//! A schema file that was published is never edited. The structs of `mediamesh-domain` are the wire's shape of
//! the newest version; what cannot be read of an older one so is upcast by its [`Contract`].

pub mod codec;
pub mod compat;
mod contract;
mod page;
pub mod registry;
pub mod shipped;
pub mod topics;

pub use codec::{Codec, DecodeError, EncodeError, IdsError, LookupError, SchemaLookup};
pub use contract::{Contract, MAX_DEPTH, MAX_ELEMENT_DEPTH, depth};
pub use page::topics_page;
pub use topics::Topic;
