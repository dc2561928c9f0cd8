//! The registry's client, from outside: on a real registry, and on one that misbehaves.

mod contract;
mod misbehaviour;
mod shipped;
mod support;
