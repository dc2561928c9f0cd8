//! The object store's client, from outside: on a real store, and on ones that misbehave.

mod bucket;
mod contract;
mod misbehaviour;
mod support;
