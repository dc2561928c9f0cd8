//! The contracts of the ports, held against the embedded backend.

use super::support::open;
use mediamesh_embedded::objects::Directory;
use mediamesh_ports::contract::{EventLog, ObjectStore, SchemaRegistry, Views};
use std::sync::Arc;

fn event_log() -> EventLog {
    let (embedded, dir) = open();
    let embedded = Arc::new(embedded);
    EventLog {
        append: embedded.clone(),
        read: embedded.clone(),
        groups: embedded,
        keep: Box::new(dir),
    }
}

mod event_log {
    mediamesh_ports::event_log_contract!(super::event_log);
}

mod groups {
    mediamesh_ports::groups_contract!(super::event_log);
}

mod state {
    mediamesh_ports::state_contract!(super::event_log);
}

fn views() -> Views {
    let (embedded, dir) = open();
    let embedded = Arc::new(embedded);
    Views {
        read: embedded.clone(),
        write: embedded,
        keep: Box::new(dir),
    }
}

fn registry() -> SchemaRegistry {
    let (embedded, dir) = open();
    SchemaRegistry {
        registry: Arc::new(embedded),
        keep: Box::new(dir),
    }
}

fn objects() -> ObjectStore {
    let dir = tempfile::tempdir().expect("a directory");
    let objects = Directory::open(dir.path()).expect("opens");
    ObjectStore {
        objects: Arc::new(objects),
        keep: Box::new(dir),
    }
}

mod views {
    mediamesh_ports::views_contract!(super::views);
}

mod registry {
    mediamesh_ports::registry_contract!(super::registry);
}

mod objects {
    mediamesh_ports::objects_contract!(super::objects);
}
