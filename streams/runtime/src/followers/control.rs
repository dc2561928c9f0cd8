//! `control.events`, followed from the beginning: sources, API keys, users and view switches.

use super::Error;
use super::follow::Follow;
use crate::health::Health;
use async_trait::async_trait;
use mediamesh_domain::control::{ControlEvent, ControlState};
use mediamesh_domain::position::{Offset, Partition, Seq};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::ReadLog;
use mediamesh_schemas::{Codec, Topic};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Follows `control.events`.
pub struct ControlFollower {
    state: watch::Receiver<Arc<ControlState>>,
    whole: watch::Receiver<Instant>,
}

impl ControlFollower {
    /// Takes in all that there is, then follows in a task of its own until the token is cancelled.
    ///
    /// # Errors
    /// Where the log or a record of it cannot be read.
    pub async fn start(
        log: Arc<dyn ReadLog>,
        codec: Codec,
        health: Arc<Health>,
        cancel: CancellationToken,
    ) -> Result<Arc<Self>, Error> {
        let (sender, state) = watch::channel(Arc::new(ControlState::default()));
        let (tell_whole, whole) = watch::channel(Instant::now());
        let mut follow = Follow {
            name: "follow control.events",
            log,
            codec,
            topic: Topic::ControlEvents,
            partition: Partition(0),
            next: Offset(0),
            needs_all: true,
            whole: Some(tell_whole),
        };
        let mut all = ControlState::default();
        follow
            .catch_up(&mut |event: ControlEvent| all.evolve(&event))
            .await?;
        sender.send_replace(Arc::new(all));
        tokio::spawn(follow.follow(health, cancel, move |event: ControlEvent| {
            sender.send_modify(|state| Arc::make_mut(state).evolve(&event));
        }));
        Ok(Arc::new(Self { state, whole }))
    }

    /// The state, to wait for its changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<ControlState>> {
        self.state.clone()
    }
}

#[async_trait]
impl Control for ControlFollower {
    fn current(&self) -> Arc<ControlState> {
        Arc::clone(&self.state.borrow())
    }

    fn age(&self) -> Duration {
        self.whole.borrow().elapsed()
    }

    async fn reach(&self, seq: Seq, wait: Duration) -> bool {
        let mut state = self.state.clone();
        let reached = state.wait_for(|state| state.seq >= seq);
        matches!(tokio::time::timeout(wait, reached).await, Ok(Ok(_)))
    }
}
