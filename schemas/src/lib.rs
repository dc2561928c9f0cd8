//! The contracts: every topic, its Avro schemas by version, and the way between wire and domain.
//!
//! A schema file that was published is never edited. The structs of `mediamesh-domain` are the wire's shape of
//! the newest version; what Avro's schema resolution cannot read of an older one is upcast here.

pub mod topics;

pub use topics::Topic;
