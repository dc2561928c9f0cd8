//! The contract of the port.

use crate::support::Place;
use mediamesh_ports::contract::SearchIndex;
use std::sync::Arc;

fn make() -> SearchIndex {
    let place = Place::new();
    let index = Arc::new(place.open());
    SearchIndex {
        read: index.clone(),
        write: index,
        keep: Box::new(place),
    }
}

mediamesh_ports::search_index_contract!(make);
