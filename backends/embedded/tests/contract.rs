//! The contracts of the ports, held against the embedded backend.

use mediamesh_embedded::{Embedded, Options};
use mediamesh_ports::contract::EventLog;
use std::sync::Arc;

fn open() -> (Embedded, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let embedded = Embedded::open(dir.path(), Options::default()).expect("opens");
    (embedded, dir)
}

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
