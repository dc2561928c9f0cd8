//! What became of the records of a transaction.

use crate::client::{heard, log};
use crate::health::Health;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Counts deliveries, and keeps the last offset under each tag.
pub(crate) struct Deliveries {
    of: String,
    health: Arc<Health>,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    sent: usize,
    done: usize,
    offsets: BTreeMap<usize, i64>,
    failed: Option<String>,
}

impl Deliveries {
    pub(super) fn new(of: String, health: &Arc<Health>) -> Self {
        Self {
            of,
            health: Arc::clone(health),
            state: Mutex::default(),
            arrived: Condvar::new(),
        }
    }

    /// A transaction begins.
    pub(super) fn reset(&self) {
        *self.state() = State::default();
    }

    /// A record was handed to the client.
    pub(super) fn sent(&self) {
        self.state().sent += 1;
    }

    /// Waits until all that was sent is delivered.
    pub(super) fn wait(&self, deadline: Instant) -> Result<BTreeMap<usize, i64>, String> {
        let mut state = self.state();
        loop {
            if let Some(reason) = state.failed.take() {
                return Err(reason);
            }
            if state.done >= state.sent {
                return Ok(std::mem::take(&mut state.offsets));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let missing = state.sent - state.done;
                return Err(format!("{missing} records were not acknowledged in time"));
            }
            state = self
                .arrived
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log(&self.of, level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        heard(&self.of, &self.health, &error, reason);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, tag: usize) {
        let mut state = self.state();
        state.done += 1;
        match result {
            Ok(_) if tag == super::UNTOLD => {}
            Ok(message) => {
                let last = state.offsets.entry(tag).or_insert(i64::MIN);
                *last = (*last).max(message.offset());
            }
            Err((error, _)) => {
                let reason = error.to_string();
                state.failed.get_or_insert(reason);
            }
        }
        drop(state);
        self.arrived.notify_all();
    }
}
