//! Reading one partition of a topic in order, for ever.

use super::Error;
use crate::backoff::Backoff;
use crate::health::{Health, Status};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{ReadLog, Record};
use mediamesh_schemas::{Codec, Contract, Topic};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const PAGE: usize = 500;
/// How long a wait for new records lasts before it is looked whether to end.
const WAIT: Duration = Duration::from_secs(1);

/// What a follower task needs.
pub(super) struct Follow {
    pub name: &'static str,
    pub log: Arc<dyn ReadLog>,
    pub codec: Codec,
    pub topic: Topic,
    pub partition: Partition,
    pub next: Offset,
    /// Whether what is followed would be wrong without every record; else those that no build can read are
    /// left out.
    pub needs_all: bool,
    /// Hears when nothing more was there to be taken in.
    pub whole: Option<watch::Sender<Instant>>,
}

impl Follow {
    /// Takes in everything that is there now.
    pub async fn catch_up<T: Contract>(&mut self, take: &mut impl FnMut(T)) -> Result<(), Error> {
        let end = self.log.bounds(self.topic, self.partition).await?.end;
        while self.next < end {
            if !self.page(take).await? {
                break;
            }
        }
        Ok(())
    }

    /// Takes in what comes, until the token is cancelled.
    ///
    /// A record that cannot be read stops the following, and says so, where every record is needed.
    pub async fn follow<T: Contract>(
        mut self,
        health: Arc<Health>,
        cancel: CancellationToken,
        mut take: impl FnMut(T),
    ) {
        let mut backoff = Backoff::default();
        while !cancel.is_cancelled() {
            let pause = match self.page(&mut take).await {
                Ok(false) => {
                    health.set(self.name, Status::Running);
                    if let Some(whole) = &self.whole {
                        whole.send_replace(Instant::now());
                    }
                    let (topic, partition) = (self.topic, self.partition);
                    tokio::select! {
                        () = cancel.cancelled() => {}
                        () = self.log.wait_for(topic, partition, self.next, WAIT) => {}
                    }
                    continue;
                }
                Ok(true) => {
                    backoff.reset();
                    continue;
                }
                Err(error) => {
                    health.set(self.name, Status::Paused(error.to_string()));
                    backoff.pause()
                }
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        health.set(self.name, Status::Left);
    }

    /// Takes in a page, and says whether there was one.
    async fn page<T: Contract>(&mut self, take: &mut impl FnMut(T)) -> Result<bool, Error> {
        let page = self
            .log
            .read(self.topic, self.partition, self.next, PAGE)
            .await?;
        for record in &page.records {
            if let Some(taken) = self.decode(record)? {
                take(taken);
            }
            self.next = record.offset.next();
        }
        let moved = page.next > self.next || !page.records.is_empty();
        self.next = page.next;
        Ok(moved)
    }

    fn decode<T: Contract>(&self, record: &Record) -> Result<Option<T>, Error> {
        let Some(value) = &record.value else {
            return Ok(None);
        };
        let error = match self.codec.decode(value) {
            Ok(read) => return Ok(Some(read)),
            Err(error) => error,
        };
        let (topic, partition, offset) = (self.topic, self.partition, record.offset);
        if !self.needs_all && !error.is_transient() {
            tracing::warn!(%topic, partition = partition.0, offset = offset.0, %error, "record is left out");
            return Ok(None);
        }
        Err(Error::Record {
            topic,
            partition,
            offset,
            reason: error.to_string(),
        })
    }
}
