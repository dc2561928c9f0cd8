//! Addresses for tests to listen on.

use mediamesh::configuration::Listen;
use std::net::{SocketAddr, TcpListener};

/// Three addresses that nobody listens on.
///
/// # Panics
/// Where the machine has no ports left.
#[must_use]
pub fn free() -> Listen {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    // All are bound before one is let go, so that no two are the same.
    let bound = [(); 3].map(|()| TcpListener::bind(any).expect("a port"));
    let [read, write, ops] = bound.map(|bound| bound.local_addr().expect("an address"));
    Listen { read, write, ops }
}
