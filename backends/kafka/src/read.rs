//! Reading at a named place, by two consumers that are members of no group.
//!
//! One *follows* partitions whose news somebody waits for, and keeps the last records of each at hand. The other
//! *scans*: reads on wherever it is asked to. So a scan of a whole topic does not throw a follower back.

mod cursor;
mod lane;

use crate::ends::{End, bounds, ends};
use crate::error::away;
use crate::health::Health;
use crate::log::KafkaLog;
use crate::names::Names;
use crate::records::check_partition;
use crate::settings::Settings;
use async_trait::async_trait;
use lane::{Kind, Lane};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Bounds, Error, Page, ReadLog};
use mediamesh_schemas::Topic;
use rdkafka::consumer::BaseConsumer;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// A partition of a topic.
type Place = (Topic, Partition);

/// The two consumers.
pub(crate) struct Reader {
    follow: Lane,
    scan: Lane,
    within: Duration,
}

impl Reader {
    pub(crate) fn start(
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
    ) -> io::Result<Self> {
        Ok(Self {
            follow: Lane::start(Kind::Follow, settings, names, health)?,
            scan: Lane::start(Kind::Scan, settings, names, health)?,
            within: settings.deadlines.call,
        })
    }

    /// A client for questions about topics; it sees committed records only.
    pub(crate) fn client(&self) -> Arc<BaseConsumer<crate::client::Context>> {
        self.follow.client()
    }
}

impl KafkaLog {
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let log = self.clone();
        tokio::task::spawn_blocking(move || question(&log))
            .await
            .map_err(|error| Error::Transient(error.to_string()))
    }

    /// The end alone: half of [`ReadLog::bounds`].
    async fn end(&self, topic: Topic, partition: Partition) -> Result<i64, Error> {
        let asked = self.ask(move |log| {
            let (reader, names) = (&log.core.reader, &log.core.names);
            let client = reader.client();
            ends(
                &client,
                names,
                topic,
                &[partition],
                End::Last,
                reader.within,
            )
        });
        let ends = asked
            .await?
            .map_err(|error| away("ask for an end", &error))?;
        let unknown = || Error::Transient(format!("{topic} {partition}: no end is known"));
        ends.get(&partition).copied().ok_or_else(unknown)
    }
}

#[async_trait]
impl ReadLog for KafkaLog {
    async fn read(
        &self,
        topic: Topic,
        partition: Partition,
        from: Offset,
        max: usize,
    ) -> Result<Page, Error> {
        check_partition(topic, partition)?;
        let reader = &self.core.reader;
        let place = (topic, partition);
        if max > 0 {
            for lane in [&reader.follow, &reader.scan] {
                if let Some(page) = lane.at_hand(place, from, max).await? {
                    return Ok(page);
                }
            }
        }
        let end = self.end(topic, partition).await?;
        if max == 0 || from.0 >= end {
            return Ok(Page {
                records: Vec::new(),
                next: from,
            });
        }
        // Below the first that is kept, the client would begin anew by its own rule: at the first as well, but
        // only after an error.
        let start = self.bounds(topic, partition).await?.start;
        reader.scan.read(place, from.max(start), max, end).await
    }

    async fn bounds(&self, topic: Topic, partition: Partition) -> Result<Bounds, Error> {
        check_partition(topic, partition)?;
        let asked = self.ask(move |log| {
            let reader = &log.core.reader;
            let name = log.core.names.topic(topic);
            bounds(&reader.client(), name, partition, reader.within)
        });
        let (start, end) = asked
            .await?
            .map_err(|error| away("ask for the bounds", &error))?;
        Ok(Bounds {
            start: Offset(start),
            end: Offset(end),
        })
    }

    async fn wait_for(&self, topic: Topic, partition: Partition, from: Offset, wait: Duration) {
        if check_partition(topic, partition).is_err() {
            return tokio::time::sleep(wait).await;
        }
        let arrival = self.core.reader.follow.arrival((topic, partition), from);
        // Either way the caller looks again.
        let _ = tokio::time::timeout(wait, arrival).await;
    }
}
