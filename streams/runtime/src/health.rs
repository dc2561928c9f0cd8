//! Whether each processor is at work: what `/ready` answers and what operators read first.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How a processor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It has not taken part yet.
    Starting,
    /// It takes records, or waits for some.
    Running,
    /// It waits for something outside and tries again; the text says for what.
    Paused(String),
    /// It panicked and is started again after a pause.
    Restarting(String),
    /// It has stopped and does not start again by itself.
    Stopped(String),
    /// It has finished its work and left, as asked.
    Left,
}

/// The status of every processor of this process.
#[derive(Debug, Default)]
pub struct Health {
    statuses: Mutex<BTreeMap<String, Status>>,
}

impl Health {
    /// Notes how a processor is, and logs it once where that is news.
    pub fn set(&self, processor: &str, status: Status) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        if statuses.get(processor) == Some(&status) {
            return;
        }
        let before = statuses.insert(processor.to_owned(), status.clone());
        drop(statuses);
        match status {
            Status::Paused(reason) => tracing::warn!(processor, reason, "processor pauses"),
            Status::Restarting(reason) => tracing::error!(processor, reason, "processor panicked"),
            Status::Stopped(reason) => tracing::error!(processor, reason, "processor stopped"),
            Status::Running if before.is_some_and(|b| b != Status::Starting) => {
                tracing::info!(processor, "processor goes on");
            }
            Status::Starting | Status::Running | Status::Left => {
                tracing::debug!(processor, ?status, "processor");
            }
        }
    }

    /// Whether every processor is at work.
    ///
    /// # Errors
    /// Those that are not, each with the reason.
    pub fn ready(&self) -> Result<(), Vec<(String, String)>> {
        let idle: Vec<_> = self
            .statuses()
            .into_iter()
            .filter_map(|(name, status)| Some((name, why_not(&status)?)))
            .collect();
        if idle.is_empty() { Ok(()) } else { Err(idle) }
    }

    /// The status of every processor, by name.
    #[must_use]
    pub fn statuses(&self) -> BTreeMap<String, Status> {
        self.statuses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn why_not(status: &Status) -> Option<String> {
    match status {
        // Who has left was told to: nobody expects it at work.
        Status::Running | Status::Left => None,
        Status::Starting => Some("starting".to_owned()),
        Status::Paused(reason) => Some(format!("paused: {reason}")),
        Status::Restarting(reason) => Some(format!("restarting after a panic: {reason}")),
        Status::Stopped(reason) => Some(format!("stopped: {reason}")),
    }
}
