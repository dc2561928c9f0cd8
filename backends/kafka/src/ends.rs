//! Where partitions begin and end now, for many of them in one question.

use crate::client::Context;
use crate::names::Names;
use mediamesh_domain::position::Partition;
use mediamesh_schemas::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaResult, RDKafkaErrorCode};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a question waits before it is asked again.
const BETWEEN: Duration = Duration::from_millis(50);

/// Which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The first offset that is kept.
    First,
    /// The offset after everything committed: what a reader of committed records can come to.
    Last,
}

/// Asks for the ends of some partitions of a topic. Blocks.
pub(crate) fn ends(
    client: &BaseConsumer<Context>,
    names: &Names,
    topic: Topic,
    partitions: &[Partition],
    which: End,
    within: Duration,
) -> KafkaResult<BTreeMap<Partition, i64>> {
    if partitions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let at = match which {
        End::First => Offset::Beginning,
        End::Last => Offset::End,
    };
    let answered = patiently(within, |left| {
        let mut asked = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            asked.add_partition_offset(names.topic(topic), partition.0, at)?;
        }
        let answered = client.offsets_for_times(asked, left)?;
        let elements = answered.elements();
        elements
            .iter()
            .try_for_each(TopicPartitionListElem::error)?;
        Ok(answered)
    })?;
    let mut ends = BTreeMap::new();
    for element in answered.elements() {
        if let Offset::Offset(offset) = element.offset() {
            ends.insert(Partition(element.partition()), offset);
        }
    }
    Ok(ends)
}

/// Asks for both ends of one partition. Blocks.
pub(crate) fn bounds(
    client: &BaseConsumer<Context>,
    topic: &str,
    partition: Partition,
    within: Duration,
) -> KafkaResult<(i64, i64)> {
    patiently(within, |left| {
        client.fetch_watermarks(topic, partition.0, left)
    })
}

/// Asks again while a partition has no leader that knows itself: after a fail-over, or just made.
fn patiently<T>(
    within: Duration,
    mut ask: impl FnMut(Duration) -> KafkaResult<T>,
) -> KafkaResult<T> {
    let deadline = Instant::now() + within;
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
