//! `view.parked`, followed from the beginning: what sinks anywhere hold back, and what is asked of them.

use super::Error;
use super::follow::Follow;
use crate::health::Health;
use crate::sink::Parking;
use mediamesh_domain::parked::ParkedRecord;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::ReadLog;
use mediamesh_schemas::{Codec, Topic};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Takes in all that there is, then follows in a task of its own until the token is cancelled.
///
/// # Errors
/// Where the log cannot be read.
pub async fn follow_parked(
    log: Arc<dyn ReadLog>,
    codec: Codec,
    health: Arc<Health>,
    cancel: CancellationToken,
) -> Result<Arc<Parking>, Error> {
    let parking = Arc::new(Parking::default());
    let mut follow = Follow {
        name: "follow view.parked",
        log,
        codec,
        topic: Topic::ViewParked,
        partition: Partition(0),
        next: Offset(0),
        needs_all: false,
        whole: None,
    };
    let hears = Arc::clone(&parking);
    let mut take = move |told: ParkedRecord| hears.hear(told);
    follow.catch_up(&mut take).await?;
    tokio::spawn(follow.follow(health, cancel, take));
    Ok(parking)
}
