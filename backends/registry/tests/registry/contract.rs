//! The contract of the port, held against a real registry.

use super::support::{open, settings};
use mediamesh_ports::contract::SchemaRegistry;
use std::sync::Arc;

fn registry() -> SchemaRegistry {
    SchemaRegistry {
        registry: Arc::new(open(settings())),
        keep: Box::new(()),
    }
}

mod registry {
    mediamesh_ports::registry_contract!(super::registry);
}
