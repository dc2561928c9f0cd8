//! The contract of the port, held against a real store.

use super::support::{open, settings};
use mediamesh_ports::contract::ObjectStore;
use std::sync::Arc;

/// The suite's macro makes stores without waiting; the bucket is waited for.
fn objects() -> ObjectStore {
    let settings =
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(settings()));
    ObjectStore {
        objects: Arc::new(open(&settings)),
        keep: Box::new(()),
    }
}

mod objects {
    mediamesh_ports::objects_contract!(super::objects);
}
