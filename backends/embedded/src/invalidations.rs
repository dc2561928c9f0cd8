//! Word of changes inside one process.

use async_trait::async_trait;
use mediamesh_ports::invalidations::{Changed, Fanout, Heard, Invalidations, Subscription};

/// How many events a subscriber may be behind.
const CAPACITY: usize = 1024;

/// A channel between the parts of one process.
#[derive(Debug)]
pub struct Channel(Fanout);

impl Default for Channel {
    fn default() -> Self {
        Self(Fanout::new(CAPACITY))
    }
}

#[async_trait]
impl Invalidations for Channel {
    async fn publish(&self, changed: Vec<Changed>) {
        for changed in changed {
            self.0.tell(Heard::Changed(changed));
        }
    }

    fn subscribe(&self) -> Box<dyn Subscription> {
        self.0.subscribe()
    }
}
