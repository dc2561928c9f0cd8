//! One source of word, many subscribers in this process.

use super::{Heard, Subscription};
use async_trait::async_trait;
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};

/// Hands what is heard on to every subscriber of this process: what adapters share.
///
/// A subscriber that is more than the capacity behind has lost some, and is told so.
#[derive(Debug, Clone)]
pub struct Fanout(Sender<Heard>);

impl Fanout {
    /// Room for so many events that a subscriber has not yet taken.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(broadcast::channel(capacity).0)
    }

    /// Tells every subscriber.
    pub fn tell(&self, heard: Heard) {
        // Nobody may be listening.
        let _ = self.0.send(heard);
    }

    /// Listens from now on.
    #[must_use]
    pub fn subscribe(&self) -> Box<dyn Subscription> {
        Box::new(Ear(self.0.subscribe()))
    }
}

struct Ear(Receiver<Heard>);

#[async_trait]
impl Subscription for Ear {
    async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(RecvError::Lagged(_)) => Some(Heard::Lost),
            Err(RecvError::Closed) => None,
        }
    }
}
