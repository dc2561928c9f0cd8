//! Partitions that are paused: which, why and until when, while the others go on.

use crate::backoff::Backoff;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Batch;
use std::collections::BTreeMap;
use std::time::Duration;

/// The paused partitions of a member.
///
/// A paused partition was rewound, so its records are offered again at once; they wait here until it is time.
#[derive(Debug, Default)]
pub struct Stalls {
    stalled: BTreeMap<Partition, Stall>,
}

#[derive(Debug, Default)]
struct Stall {
    reason: String,
    until: Duration,
    backoff: Backoff,
    batch: Option<Batch>,
}

impl Stalls {
    /// Pauses a partition from `now` on, longer each time in a row.
    pub fn pause(&mut self, partition: Partition, reason: String, now: Duration) {
        let stall = self.stalled.entry(partition).or_default();
        stall.reason = reason;
        stall.until = now.saturating_add(stall.backoff.pause());
        stall.batch = None;
    }

    /// Keeps a batch of a partition whose pause is not over, or gives it back.
    pub fn keep(&mut self, batch: Batch, now: Duration) -> Option<Batch> {
        match self.stalled.get_mut(&batch.partition) {
            Some(stall) if stall.until > now => {
                stall.batch = Some(batch);
                None
            }
            _ => Some(batch),
        }
    }

    /// A batch that was kept and whose partition's pause is over.
    pub fn due(&mut self, now: Duration) -> Option<Batch> {
        self.stalled
            .values_mut()
            .find(|stall| stall.until <= now && stall.batch.is_some())
            .and_then(|stall| stall.batch.take())
    }

    /// Whether a partition's pause is not over.
    #[must_use]
    pub fn is_paused(&self, partition: Partition, now: Duration) -> bool {
        self.stalled
            .get(&partition)
            .is_some_and(|stall| stall.until > now)
    }

    /// How long until the next pause is over.
    #[must_use]
    pub fn next_due(&self, now: Duration) -> Option<Duration> {
        self.stalled
            .values()
            .filter(|stall| stall.until > now || stall.batch.is_some())
            .map(|stall| stall.until.saturating_sub(now))
            .min()
    }

    /// Ends a partition's pause for good: something of it went through.
    pub fn clear(&mut self, partition: Partition) {
        self.stalled.remove(&partition);
    }

    /// Forgets all.
    pub fn forget(&mut self) {
        self.stalled.clear();
    }

    /// Drops the batch that is kept for a partition: it was rewound.
    pub fn drop_batch(&mut self, partition: Partition) {
        if let Some(stall) = self.stalled.get_mut(&partition) {
            stall.batch = None;
        }
    }

    /// Why partitions are paused, where some are; the same text while nothing changes.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let (partition, first) = self.stalled.first_key_value()?;
        let more = match self.stalled.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        Some(format!("partition {partition}: {}{more}", first.reason))
    }
}
