//! This node's reply partition of `command.verdicts`, followed from its end: answers for those who wait.

use super::Error;
use super::follow::Follow;
use crate::health::Health;
use async_trait::async_trait;
use mediamesh_domain::id::CommandId;
use mediamesh_domain::position::Partition;
use mediamesh_domain::verdict::Verdict;
use mediamesh_ports::event_log::ReadLog;
use mediamesh_ports::verdicts::{Expected, Verdicts};
use mediamesh_schemas::{Codec, Topic};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// How many commands may be waited for at once; who comes later is told `202` and asks again.
const MOST_WAITING: usize = 10_000;

/// Follows a reply partition.
pub struct VerdictsFollower {
    partition: Partition,
    waiting: Arc<Waiting>,
}

/// Those who wait for each command, with the number by which each leaves.
type Waiters = HashMap<CommandId, Vec<(u64, oneshot::Sender<Verdict>)>>;

#[derive(Default)]
struct Waiting {
    by_command: Mutex<Waiters>,
}

/// One who waits; dropping it stops the waiting.
struct Waiter {
    command: CommandId,
    id: u64,
    waiting: Arc<Waiting>,
    verdict: Option<oneshot::Receiver<Verdict>>,
}

impl VerdictsFollower {
    /// Follows in a task of its own from the partition's end on, until the token is cancelled.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub async fn start(
        log: Arc<dyn ReadLog>,
        codec: Codec,
        partition: Partition,
        health: Arc<Health>,
        cancel: CancellationToken,
    ) -> Result<Arc<Self>, Error> {
        let next = log.bounds(Topic::CommandVerdicts, partition).await?.end;
        let follow = Follow {
            name: "follow command.verdicts",
            log,
            codec,
            topic: Topic::CommandVerdicts,
            partition,
            next,
            needs_all: false,
            whole: None,
        };
        let waiting = Arc::new(Waiting::default());
        let hears = Arc::clone(&waiting);
        tokio::spawn(follow.follow(health, cancel, move |verdict| hears.tell(&verdict)));
        Ok(Arc::new(Self { partition, waiting }))
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Waiters> {
        self.by_command
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, verdict: &Verdict) {
        for (_, waiter) in self.lock().remove(&verdict.command_id).unwrap_or_default() {
            // Whoever waited may have gone.
            let _ = waiter.send(verdict.clone());
        }
    }

    fn leave(&self, command: CommandId, id: u64) {
        let mut by_command = self.lock();
        if let Some(waiters) = by_command.get_mut(&command) {
            waiters.retain(|(waiter, _)| *waiter != id);
            if waiters.is_empty() {
                by_command.remove(&command);
            }
        }
    }
}

impl Verdicts for VerdictsFollower {
    fn reply_partition(&self) -> Partition {
        self.partition
    }

    fn expect(&self, command: CommandId) -> Box<dyn Expected> {
        let (sender, receiver) = oneshot::channel();
        let mut by_command = self.waiting.lock();
        let full = by_command.len() >= MOST_WAITING;
        let mut id = 0;
        if !full {
            let waiters = by_command.entry(command).or_default();
            id = waiters.last().map_or(0, |(last, _)| last + 1);
            waiters.push((id, sender));
        }
        drop(by_command);
        Box::new(Waiter {
            command,
            id,
            waiting: Arc::clone(&self.waiting),
            verdict: (!full).then_some(receiver),
        })
    }
}

#[async_trait]
impl Expected for Waiter {
    async fn verdict(mut self: Box<Self>, wait: Duration) -> Option<Verdict> {
        let verdict = self.verdict.take()?;
        tokio::time::timeout(wait, verdict).await.ok()?.ok()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.waiting.leave(self.command, self.id);
    }
}
