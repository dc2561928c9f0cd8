//! The contracts of the ports, held against the embedded backend.

use super::support::open;
use mediamesh_embedded::cache::Memory;
use mediamesh_embedded::invalidations::Channel;
use mediamesh_embedded::objects::Directory;
use mediamesh_embedded::rate_limits::Buckets;
use mediamesh_ports::cache::{LONGEST, Tiers};
use mediamesh_ports::contract::{
    Cache, EventLog, Invalidations, ObjectStore, RateLimits, SchemaRegistry, Views,
};
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

fn cache() -> Cache {
    Cache {
        cache: Arc::new(Memory::new(8 << 20)),
        keep: Box::new(()),
    }
}

fn tiers() -> Cache {
    let [near, far] = [(); 2].map(|()| Arc::new(Memory::new(8 << 20)));
    Cache {
        cache: Arc::new(Tiers::new(near, far, LONGEST)),
        keep: Box::new(()),
    }
}

fn rate_limits() -> RateLimits {
    let buckets = Arc::new(Buckets::new(1000));
    RateLimits {
        here: buckets.clone(),
        there: buckets,
        keep: Box::new(()),
    }
}

fn invalidations() -> Invalidations {
    let channel = Arc::new(Channel::default());
    Invalidations {
        here: channel.clone(),
        there: channel,
        keep: Box::new(()),
    }
}

mod cache {
    mediamesh_ports::cache_contract!(super::cache);
}

mod tiers {
    mediamesh_ports::cache_contract!(super::tiers);
}

mod rate_limits {
    mediamesh_ports::rate_limits_contract!(super::rate_limits);
}

mod invalidations {
    mediamesh_ports::invalidations_contract!(super::invalidations);
}
