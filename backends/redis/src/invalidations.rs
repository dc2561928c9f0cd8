//! Word of changes between processes, by publish and subscribe.
//!
//! Redis keeps nothing of it: who is not connected when it is said has missed it. So every time the way is opened,
//! subscribers are told that some may be lost. A message is the `seq`, a space and the key.

mod listen;

use crate::server::Server;
use async_trait::async_trait;
use listen::Listener;
use mediamesh_domain::position::Seq;
use mediamesh_ports::invalidations::{Changed, Fanout, Invalidations, Subscription};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How many events a subscriber of this process may be behind.
const CAPACITY: usize = 1024;
/// How many changes are told at once.
const BATCH: usize = 100;

/// Tells every process that is connected what changed, and hears what they tell.
pub struct SharedInvalidations {
    server: Arc<Server>,
    channel: String,
    fanout: Fanout,
    listening: watch::Receiver<bool>,
    listener: AbortHandle,
}

impl SharedInvalidations {
    pub(crate) fn new(server: Arc<Server>) -> Self {
        let channel = format!("{}changed", server.settings.prefix);
        let fanout = Fanout::new(CAPACITY);
        let (state, listening) = watch::channel(false);
        let listener = Listener {
            client: server.client.clone(),
            channel: channel.clone(),
            fanout: fanout.clone(),
            state,
        };
        Self {
            server,
            channel,
            fanout,
            listening,
            listener: tokio::spawn(listener.run()).abort_handle(),
        }
    }

    /// Whether word can be heard now; it can change at any time.
    #[must_use]
    pub fn is_listening(&self) -> bool {
        *self.listening.borrow()
    }

    /// Waits until word can be heard.
    pub async fn listening(&self) {
        // The listener ends with this value alone.
        let _ = self.listening.clone().wait_for(|is| *is).await;
    }
}

#[async_trait]
impl Invalidations for SharedInvalidations {
    async fn publish(&self, changed: Vec<Changed>) {
        for some in changed.chunks(BATCH) {
            let mut told = redis::pipe();
            for changed in some {
                told.publish(&self.channel, write(changed)).ignore();
            }
            let mut connection = self.server.connection();
            let publish = told.query_async::<()>(&mut connection);
            let within = self.server.settings.response_timeout;
            if self.server.call("publish", within, publish).await.is_err() {
                let lost = some.len() as u64;
                metrics::counter!("mediamesh_invalidations_lost_total").increment(lost);
            }
        }
    }

    fn subscribe(&self) -> Box<dyn Subscription> {
        self.fanout.subscribe()
    }
}

impl Drop for SharedInvalidations {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

fn write(changed: &Changed) -> String {
    format!("{} {}", changed.seq, changed.key)
}

fn read(message: &str) -> Option<Changed> {
    let (seq, key) = message.split_once(' ')?;
    Some(Changed {
        key: key.to_owned(),
        seq: Seq(seq.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written_and_nothing_else_is() {
        for key in ["", "a", "a b", " "] {
            let changed = Changed {
                key: key.to_owned(),
                seq: Seq(7),
            };
            assert_eq!(read(&write(&changed)), Some(changed));
        }
        for other in ["", "7", "key 7", " 7"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
