//! The contract of the port.

use super::support::{Keyspace, wait};
use mediamesh_ports::contract::Views;
use std::sync::Arc;

fn views() -> Views {
    wait(async {
        let keyspace = Keyspace::new().await;
        let views = Arc::new(keyspace.views().await);
        Views {
            read: views.clone(),
            write: views,
            keep: Box::new(keyspace),
        }
    })
}

mediamesh_ports::views_contract!(views);
