//! One record, by an idempotent producer: all or nothing by nature.

use super::closed;
use crate::client::{self, heard, let_go, log};
use crate::error::{away, not_taken};
use crate::health::Health;
use crate::meter;
use crate::names::Names;
use crate::records;
use crate::settings::Settings;
use mediamesh_domain::position::Offset;
use mediamesh_ports::event_log::{Error, NewRecord};
use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::Message;
use rdkafka::producer::{DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::oneshot;

type Answer = Result<Offset, Error>;
type Client = ThreadedProducer<Answers>;

/// Appends single records.
pub(crate) struct Single {
    config: ClientConfig,
    names: Arc<Names>,
    health: Arc<Health>,
    /// None when it is closed.
    producer: RwLock<Option<Arc<Client>>>,
    close_within: Duration,
}

impl Single {
    pub(super) fn open(
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
    ) -> KafkaResult<Self> {
        let mut config = client::producer(settings);
        let within = settings.deadlines.append.as_millis();
        config
            // Whoever appends waits: nothing is won by waiting for company.
            .set("linger.ms", "0")
            .set("message.timeout.ms", within.to_string());
        let producer = config.create_with_context(Answers::new(health))?;
        Ok(Self {
            config,
            names: Arc::clone(names),
            health: Arc::clone(health),
            producer: RwLock::new(Some(Arc::new(producer))),
            close_within: settings.deadlines.close,
        })
    }

    pub(super) async fn append(&self, record: &NewRecord) -> Answer {
        let producer = self.producer().ok_or_else(closed)?;
        let (reply, answer) = oneshot::channel();
        let sent = {
            let outgoing = records::outgoing(&self.names, record, Box::new(reply));
            producer.send(outgoing).map_err(|(error, _)| error)
        };
        let answered = match sent {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(closed())),
            Err(error) => Err(not_taken(&error)),
        };
        if answered.is_err() {
            self.replace_where_fatal(&producer);
        }
        answered
    }

    /// A fatal error, such as a lost sequence, leaves an idempotent producer without use for good.
    fn replace_where_fatal(&self, producer: &Arc<Client>) {
        let Some((_, reason)) = producer.client().fatal_error() else {
            return;
        };
        let mut current = self
            .producer
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !current
            .as_ref()
            .is_some_and(|now| Arc::ptr_eq(now, producer))
        {
            return;
        }
        match self.config.create_with_context(Answers::new(&self.health)) {
            Ok(new) => {
                tracing::warn!(reason, "the producer of appends is replaced");
                meter::replaced("append");
                let_go("appends", current.replace(Arc::new(new)), Duration::ZERO);
            }
            Err(error) => {
                tracing::warn!(error = %away("replace the producer", &error), "appends fail");
            }
        }
    }

    /// Waits for what is under way; whatever is queued would be lost with the producer.
    pub(super) fn close(&self) -> usize {
        let mut current = self
            .producer
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(producer) = current.take() else {
            return 0;
        };
        drop(current);
        let flushed = producer.flush(self.close_within);
        let left = match flushed {
            Ok(()) => 0,
            Err(_) => usize::try_from(producer.in_flight_count()).unwrap_or(0),
        };
        if left > 0 {
            tracing::warn!(records = left, "appends were not acknowledged at the end");
            meter::left_behind(left);
        }
        let_go("appends", producer, Duration::ZERO);
        left
    }

    fn producer(&self) -> Option<Arc<Client>> {
        self.producer
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Single {
    fn drop(&mut self) {
        let current = self
            .producer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let (producer, within) = (current.take(), self.close_within);
        if let Some(producer) = producer {
            let_go("appends", FlushedLast { producer, within }, Duration::ZERO);
        }
    }
}

/// Flushes before it lets go, on the thread that drops it.
struct FlushedLast {
    producer: Arc<Client>,
    within: Duration,
}

impl Drop for FlushedLast {
    fn drop(&mut self) {
        // Nobody waits for the answer any more.
        let _ = self.producer.flush(self.within);
    }
}

/// Answers whoever appended.
struct Answers {
    health: Arc<Health>,
}

impl Answers {
    fn new(health: &Arc<Health>) -> Self {
        Self {
            health: Arc::clone(health),
        }
    }
}

impl ClientContext for Answers {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log("append", level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        heard("append", &self.health, &error, reason);
    }
}

impl ProducerContext for Answers {
    type DeliveryOpaque = Box<oneshot::Sender<Answer>>;

    fn delivery(&self, result: &DeliveryResult<'_>, reply: Self::DeliveryOpaque) {
        let answer = match result {
            Ok(message) => Ok(Offset(message.offset())),
            Err((error, _)) => Err(not_taken(error)),
        };
        // Whoever has stopped waiting misses it.
        let _ = reply.send(answer);
    }
}
