//! Reading at a named place, by two consumers that are members of no group.
//!
//! One *follows* partitions whose news somebody waits for, and keeps the last records of each at hand. The other
//! *scans*: reads on wherever it is asked to. So a scan of a whole topic does not throw a follower back.

mod cursor;
mod lane;

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
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// A partition of a topic.
type Place = (Topic, Partition);

/// The two consumers.
pub(crate) struct Reader {
    follow: Lane,
    scan: Lane,
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
        })
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
        let Bounds { start, end } = self.bounds(topic, partition).await?;
        // Below the first that is kept, the client would begin there as well, but only after an error.
        let from = from.max(start);
        if max == 0 || from >= end {
            return Ok(Page {
                records: Vec::new(),
                next: from,
            });
        }
        reader.scan.read(place, from, max, end.0).await
    }

    async fn bounds(&self, topic: Topic, partition: Partition) -> Result<Bounds, Error> {
        check_partition(topic, partition)?;
        let core = Arc::clone(&self.core);
        let asked = move || core.questions.bounds(core.names.topic(topic), partition);
        let (start, end) = tokio::task::spawn_blocking(asked)
            .await
            .map_err(|error| Error::Transient(error.to_string()))??;
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
