//! `view.progress`, followed from the beginning: how far each view has come.

use super::Error;
use super::follow::Follow;
use crate::health::Health;
use crate::sink::{Parking, ProgressListener};
use async_trait::async_trait;
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::{Offset, Partition, Position, Seq};
use mediamesh_domain::view::{View, ViewProgress, ViewVersion};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::ReadLog;
use mediamesh_ports::progress::Progress;
use mediamesh_schemas::{Codec, Topic};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

type Positions = BTreeMap<ViewVersion, Position>;

/// Follows `view.progress`.
pub struct ProgressFollower {
    control: Arc<dyn Control>,
    parking: Arc<Parking>,
    positions: watch::Sender<Positions>,
}

impl ProgressFollower {
    /// Takes in all that there is, then follows in a task of its own until the token is cancelled.
    ///
    /// # Errors
    /// Where the log or a record of it cannot be read.
    pub async fn start(
        log: Arc<dyn ReadLog>,
        codec: Codec,
        control: Arc<dyn Control>,
        parking: Arc<Parking>,
        health: Arc<Health>,
        cancel: CancellationToken,
    ) -> Result<Arc<Self>, Error> {
        let positions = watch::Sender::new(Positions::new());
        let mut follow = Follow {
            name: "follow view.progress",
            log,
            codec,
            topic: Topic::ViewProgress,
            partition: Partition(0),
            next: Offset(0),
            needs_all: false,
            whole: None,
        };
        let sender = positions.clone();
        let mut take = move |told: ViewProgress| {
            let view = ViewVersion::new(told.view, told.version);
            advance(&sender, view, told.partition, told.seq);
        };
        follow.catch_up(&mut take).await?;
        tokio::spawn(follow.follow(health, cancel, take));
        Ok(Arc::new(Self {
            control,
            parking,
            positions,
        }))
    }

    /// What the sinks of this process tell at once; `view.progress` brings the same a moment later.
    #[must_use]
    pub fn listener(&self) -> ProgressListener {
        let sender = self.positions.clone();
        Arc::new(move |view, partition, seq| advance(&sender, view, partition, seq))
    }

    /// How far a version of a view has come.
    #[must_use]
    pub fn of(&self, view: ViewVersion) -> Position {
        self.positions
            .borrow()
            .get(&view)
            .cloned()
            .unwrap_or_default()
    }
}

fn advance(
    positions: &watch::Sender<Positions>,
    view: ViewVersion,
    partition: Partition,
    seq: Seq,
) {
    positions.send_if_modified(|positions| {
        let position = positions.entry(view).or_default();
        let newer = position.seq(partition) < seq;
        if newer {
            position.advance(partition, seq);
        }
        newer
    });
}

#[async_trait]
impl Progress for ProgressFollower {
    fn active(&self, view: View) -> ViewVersion {
        let version = self.control.current().view_version(view.as_str());
        ViewVersion::new(view, version)
    }

    fn current(&self, view: View) -> Position {
        self.of(self.active(view))
    }

    fn held(&self, view: View, about: About) -> Option<HeldKey> {
        self.parking.held(self.active(view), about)
    }

    async fn reach(
        &self,
        view: View,
        position: &Position,
        wait: Duration,
    ) -> Result<Position, Position> {
        let mut positions = self.positions.subscribe();
        // A switch while waiting moves the wait to the new version: that is what the reader will read.
        let there = |positions: &Positions| {
            positions
                .get(&self.active(view))
                .is_some_and(|reached| reached.includes(position))
        };
        if position.0.values().all(|seq| seq.0 == 0) {
            return Ok(self.current(view));
        }
        let reached = positions.wait_for(there);
        // What is waited for holds a lock: it is let go before the positions are looked at again, or a writer that
        // waits between the two would have both wait for ever.
        let reached = matches!(tokio::time::timeout(wait, reached).await, Ok(Ok(_)));
        if reached {
            Ok(self.current(view))
        } else {
            Err(self.current(view))
        }
    }
}
