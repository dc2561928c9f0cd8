//! A transactional producer: every call of it blocks, and every call is bounded.
//!
//! It lives on the thread of whoever uses it. An error says what is left: a transaction that was aborted, a
//! producer that another has fenced, or one about which nothing is known and which must be replaced.

mod deliveries;

use crate::client::{self, let_go};
use crate::error::{Remedy, away, remedy};
use crate::health::Health;
use crate::settings::Settings;
use deliveries::Deliveries;
use mediamesh_ports::event_log::Error;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a call that may go through later is not tried again.
const BETWEEN: Duration = Duration::from_millis(20);
/// The tag of records whose offset nobody asks for.
pub(crate) const UNTOLD: usize = usize::MAX;

/// How a transaction failed.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failed {
    /// It was aborted: nobody will see anything of it.
    #[error("aborted: {0}")]
    Aborted(String),
    /// Another has taken over; nobody will see anything of it.
    #[error("fenced: {0}")]
    Fenced(String),
    /// It is not known what became of it, or the producer cannot go on.
    #[error("{0}")]
    Lost(String),
}

/// A transactional producer. Dropping it blocks: see [`TxProducer::let_go`].
pub(crate) struct TxProducer {
    id: String,
    /// Its own thread serves the deliveries. A `BaseProducer` would have to be polled, and its `flush`, which each
    /// commit calls, then sleeps for 100 ms wherever a delivery is outstanding.
    producer: ThreadedProducer<Deliveries>,
    within: Duration,
}

impl TxProducer {
    /// Makes a producer and fences all that had the same id. Blocks.
    pub(crate) fn open(
        settings: &Settings,
        id: String,
        linger: Duration,
        health: &Arc<Health>,
    ) -> Result<Self, Error> {
        let within = settings.deadlines.transaction;
        let producer: ThreadedProducer<Deliveries> = configured(settings, &id, linger)
            .create_with_context(Deliveries::new(id.clone(), health))
            .map_err(|error| away("open a transactional producer", &error))?;
        let opened = Self {
            id,
            producer,
            within,
        };
        match opened.bounded("init_transactions", &|left| {
            opened.producer.init_transactions(left)
        }) {
            Ok(()) => Ok(opened),
            Err(error) => {
                let reason = format!("transactions of {}: {error}", opened.id);
                opened.let_go(Duration::ZERO);
                Err(Error::Transient(reason))
            }
        }
    }

    /// Begins a transaction.
    pub(crate) fn begin(&self) -> Result<(), Failed> {
        self.producer.context().reset();
        self.bounded("begin", &|_| self.producer.begin_transaction())
    }

    /// Sends a record; its offset is told under its tag when all have been delivered.
    pub(crate) fn send(&self, record: BaseRecord<'_, [u8], [u8], usize>) -> Result<(), Failed> {
        let deadline = Instant::now() + self.within;
        let mut record = record;
        loop {
            match self.producer.send(record) {
                Ok(()) => {
                    self.producer.context().sent();
                    return Ok(());
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                    if Instant::now() < deadline =>
                {
                    record = back;
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err((error, _)) => return Err(self.give_up(error.to_string())),
            }
        }
    }

    /// Waits until every record is delivered, and tells the last offset under each tag.
    pub(crate) fn delivered(&self) -> Result<BTreeMap<usize, i64>, Failed> {
        let deadline = Instant::now() + self.within;
        let delivered = self.producer.context().wait(deadline);
        let offsets = delivered.map_err(|reason| self.give_up(reason))?;
        // The last delivery's event is still being let go: a commit that meets it would sleep for 100 ms.
        self.drain(deadline);
        Ok(offsets)
    }

    /// Waits until the client has nothing under way.
    fn drain(&self, deadline: Instant) {
        while self.producer.in_flight_count() > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(50));
        }
    }

    /// Puts the offsets of a group's input into the transaction.
    ///
    /// This call can hang on its own account (librdkafka 5511): past its bound the producer is lost.
    pub(crate) fn send_offsets(
        &self,
        offsets: &TopicPartitionList,
        group: &ConsumerGroupMetadata,
    ) -> Result<(), Failed> {
        self.bounded("send_offsets", &|left| {
            self.producer
                .send_offsets_to_transaction(offsets, group, left)
        })
    }

    /// Commits.
    pub(crate) fn commit(&self) -> Result<(), Failed> {
        self.bounded("commit", &|left| self.producer.commit_transaction(left))
    }

    /// Aborts on our own account.
    pub(crate) fn give_up(&self, reason: String) -> Failed {
        match self.producer.abort_transaction(self.within) {
            Ok(()) => {
                // What was purged is told as well, and must not count for the next transaction.
                self.drain(Instant::now() + BETWEEN * 25);
                Failed::Aborted(reason)
            }
            Err(error) if remedy(&error) == Remedy::Fenced => Failed::Fenced(error.to_string()),
            Err(error) => Failed::Lost(format!("{reason}; and abort: {error}")),
        }
    }

    /// Drops the producer on a thread of its own; what it has under way is aborted when its id is used again, or
    /// by the brokers' time-out.
    pub(crate) fn let_go(self, bound: Duration) -> bool {
        let id = self.id.clone();
        let_go(&id, self, bound)
    }

    /// Makes a call until it goes through, or its time is over.
    fn bounded(
        &self,
        what: &str,
        call: &dyn Fn(Duration) -> KafkaResult<()>,
    ) -> Result<(), Failed> {
        let deadline = Instant::now() + self.within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Err(error) = call(left) else {
                return Ok(());
            };
            match remedy(&error) {
                Remedy::Retry if Instant::now() + BETWEEN < deadline => std::thread::sleep(BETWEEN),
                Remedy::Retry | Remedy::Replace => {
                    return Err(Failed::Lost(format!("{what}: {error}")));
                }
                Remedy::Abort => return Err(self.give_up(format!("{what}: {error}"))),
                Remedy::Fenced => {
                    tracing::warn!(transactions = self.id, call = what, %error, "a fenced epoch");
                    // Where only the group has gone on, an open transaction would hold readers up.
                    let _ = self
                        .producer
                        .abort_transaction(self.within.min(BETWEEN * 25));
                    return Err(Failed::Fenced(format!("{what}: {error}")));
                }
            }
        }
    }
}

fn configured(settings: &Settings, id: &str, linger: Duration) -> ClientConfig {
    let within = settings.deadlines.transaction.as_millis();
    let mut config = client::producer(settings);
    config
        .set("transactional.id", id)
        // An open transaction holds up everybody who reads committed records.
        .set("transaction.timeout.ms", (within * 3 / 2).to_string())
        // Must be lower than that.
        .set("message.timeout.ms", within.to_string())
        .set("linger.ms", linger.as_millis().to_string())
        .set("queue.buffering.max.kbytes", "65536");
    config
}
