//! The contracts of the ports, held against a real server.

use super::support::{open, settings};
use mediamesh_ports::contract::{Cache, Invalidations, RateLimits};
use std::sync::Arc;

fn cache() -> Cache {
    Cache {
        cache: Arc::new(open(&settings()).cache("1")),
        keep: Box::new(()),
    }
}

fn rate_limits() -> RateLimits {
    let settings = settings();
    RateLimits {
        here: Arc::new(open(&settings).rate_limits()),
        there: Arc::new(open(&settings).rate_limits()),
        keep: Box::new(()),
    }
}

fn invalidations() -> Invalidations {
    let settings = settings();
    let [here, there] = [(); 2].map(|()| Arc::new(open(&settings).invalidations()));
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            here.listening().await;
            there.listening().await;
        });
    });
    Invalidations {
        here,
        there,
        keep: Box::new(()),
    }
}

mod cache {
    mediamesh_ports::cache_contract!(super::cache);
}

mod rate_limits {
    mediamesh_ports::rate_limits_contract!(super::rate_limits);
}

mod invalidations {
    mediamesh_ports::invalidations_contract!(super::invalidations);
}
