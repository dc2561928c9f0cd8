//! Questions to the brokers, by a client that does nothing else.
//!
//! A broker answers what comes over one connection in order: asked over a connection that fetches, it would answer
//! after the fetch, which waits for records.

use crate::client::{self, Context, Owned};
use crate::error::away;
use crate::health::Health;
use crate::names::Names;
use crate::settings::Settings;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Error;
use mediamesh_schemas::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaResult, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a question waits before it is asked again.
const BETWEEN: Duration = Duration::from_millis(50);

/// Which end of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The first offset that is kept.
    First,
    /// The offset after everything committed: what a reader of committed records can come to.
    Last,
}

/// Asks the brokers. Every call blocks, for a bounded time.
pub(crate) struct Questions {
    client: Owned<BaseConsumer<Context>>,
    names: Arc<Names>,
    health: Arc<Health>,
    within: Duration,
}

impl Questions {
    pub(crate) fn open(
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
    ) -> KafkaResult<Self> {
        let config = client::consumer(settings, &names.group("questions"));
        let client = config.create_with_context(Context::new("questions", health))?;
        Ok(Self {
            client: Owned::new("questions", client, Duration::ZERO),
            names: Arc::clone(names),
            health: Arc::clone(health),
            within: settings.deadlines.call,
        })
    }

    /// How many partitions a topic has; 0 where it is not there.
    pub(crate) fn partitions(&self, topic: &str) -> Result<usize, Error> {
        let metadata = self.client.fetch_metadata(Some(topic), self.within);
        let metadata = metadata.map_err(|error| away("look for a topic", &error))?;
        self.health.answered();
        Ok(metadata
            .topics()
            .first()
            .map_or(0, |t| t.partitions().len()))
    }

    /// Asks for a sign of life.
    pub(crate) fn is_there(&self, topic: Topic, within: Duration) {
        let topic = self.names.topic(topic);
        match self.client.fetch_metadata(Some(topic), within) {
            Ok(_) => self.health.answered(),
            Err(error) => self.health.silent(error.to_string()),
        }
    }

    /// One end of each of some partitions of a topic.
    pub(crate) fn ends(
        &self,
        topic: Topic,
        partitions: &[Partition],
        which: End,
    ) -> Result<BTreeMap<Partition, i64>, Error> {
        if partitions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let at = match which {
            End::First => Offset::Beginning,
            End::Last => Offset::End,
        };
        let answered = self.patiently(|left| {
            let mut asked = TopicPartitionList::with_capacity(partitions.len());
            for partition in partitions {
                asked.add_partition_offset(self.names.topic(topic), partition.0, at)?;
            }
            let answered = self.client.offsets_for_times(asked, left)?;
            for element in answered.elements() {
                element.error()?;
            }
            Ok(answered)
        });
        let answered = answered.map_err(|error| away("ask for the ends", &error))?;
        let mut ends = BTreeMap::new();
        for element in answered.elements() {
            if let Offset::Offset(offset) = element.offset() {
                ends.insert(Partition(element.partition()), offset);
            }
        }
        Ok(ends)
    }

    /// Both ends of a partition of any topic: the first offset that is kept, and the one after all that is committed.
    pub(crate) fn bounds(&self, topic: &str, partition: Partition) -> Result<(i64, i64), Error> {
        self.patiently(|left| self.client.fetch_watermarks(topic, partition.0, left))
            .map_err(|error| away("ask for the bounds", &error))
    }

    /// Asks again while a partition has no leader that knows itself: after a fail-over, or just made.
    fn patiently<T>(&self, mut ask: impl FnMut(Duration) -> KafkaResult<T>) -> KafkaResult<T> {
        let deadline = Instant::now() + self.within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match ask(left) {
                Err(error)
                    if matches!(
                        error.rdkafka_error_code(),
                        Some(
                            RDKafkaErrorCode::NotLeaderForPartition
                                | RDKafkaErrorCode::LeaderNotAvailable
                                | RDKafkaErrorCode::UnknownTopicOrPartition
                                | RDKafkaErrorCode::UnknownPartition
                        )
                    ) && left > BETWEEN =>
                {
                    std::thread::sleep(BETWEEN);
                }
                answered => return answered,
            }
        }
    }
}
