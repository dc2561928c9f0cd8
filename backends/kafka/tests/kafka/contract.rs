//! The contracts of the ports, held against Kafka.

use super::support::{Deployment, dir};
use mediamesh_ports::contract::EventLog;

fn event_log() -> EventLog {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    EventLog {
        append: log.clone(),
        read: log.clone(),
        groups: log,
        keep: Box::new((state, deployment)),
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
