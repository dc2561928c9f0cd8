//! Every port, on the adapters that the configuration names: embedded ones on one data directory, or outside servers.

#[cfg(feature = "distributed")]
pub(super) mod distributed;
mod embedded;

use super::handle;
use crate::configuration::Configuration;
use async_trait::async_trait;
#[cfg(feature = "distributed")]
use futures::future::BoxFuture;
use mediamesh_domain::position::Partition;
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{AppendLog, Groups, ReadLog, partition_of};
use mediamesh_ports::objects::Objects;
use mediamesh_ports::rate_limits::RateLimits;
use mediamesh_ports::search_index::{ReadSearch, WriteSearch};
use mediamesh_ports::state_store::ReadState;
use mediamesh_ports::view_store::{ReadViews, WriteViews};
use mediamesh_runtime::Pipeline;
use mediamesh_runtime::clock::{Clock, SystemClock};
use mediamesh_runtime::followers::ProgressFollower;
use mediamesh_runtime::sink::Parking;
use mediamesh_schemas::{Codec, Topic};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Every port.
#[derive(Clone)]
pub struct Stores {
    /// Appends to the log.
    pub append: Arc<dyn AppendLog>,
    /// Reads the log.
    pub read: Arc<dyn ReadLog>,
    /// The log, as processors take part in it.
    pub groups: Arc<dyn Groups>,
    /// Reads the state of processors.
    pub state: Arc<dyn ReadState>,
    /// Reads rows.
    pub rows: Arc<dyn ReadViews>,
    /// Writes rows.
    pub views: Arc<dyn WriteViews>,
    /// Finds documents.
    pub search: Arc<dyn ReadSearch>,
    /// Writes search documents.
    pub index: Arc<dyn WriteSearch>,
    /// Keeps what is too large for a record.
    pub objects: Arc<dyn Objects>,
    /// Counts how often callers ask.
    pub limits: Arc<dyn RateLimits>,
    /// Records to bytes and back, by the registry's ids.
    pub codec: Codec,
    /// This process's name, where others work on the same stores; none where it is alone with them.
    pub node: Option<String>,
    upkeep: Arc<dyn Upkeep>,
}

/// What a process that has the stores open needs, and what they need of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It may run stages: its state is kept over restarts.
    Stages,
    /// It runs none.
    NoStages,
    /// It answers one question and ends: it waits a short time only, and leaves nothing behind.
    Question,
}

/// Callers whose buckets are not full, at most, in one process.
const CALLERS: usize = 100_000;

/// What a server needs to hold before there is a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Topics, in Kafka.
    Topics,
    /// Schemas, in the registry.
    Schemas,
    /// Tables, in the CQL cluster.
    Tables,
}

/// What would be done to bring a server up to date, in lines; none where nothing is to be done, which is so on a data
/// directory.
///
/// # Errors
/// Where the server is away, or holds what does not fit.
pub async fn plan(configuration: &Configuration, what: Hold) -> anyhow::Result<Vec<String>> {
    match configuration.servers()? {
        None => Ok(Vec::new()),
        #[cfg(feature = "distributed")]
        Some(servers) => distributed::update::plan(configuration, &servers, what).await,
        #[cfg(not(feature = "distributed"))]
        Some(_) => without_clients(what),
    }
}

/// Does what [`plan`] tells, and tells it.
///
/// # Errors
/// Those of [`plan`].
pub async fn apply(configuration: &Configuration, what: Hold) -> anyhow::Result<Vec<String>> {
    match configuration.servers()? {
        None => Ok(Vec::new()),
        #[cfg(feature = "distributed")]
        Some(servers) => distributed::update::apply(configuration, &servers, what).await,
        #[cfg(not(feature = "distributed"))]
        Some(_) => without_clients(what),
    }
}

/// There is nothing to connect with, whatever for.
#[cfg(not(feature = "distributed"))]
fn without_clients<T>(_: impl Copy) -> anyhow::Result<T> {
    anyhow::bail!(
        "this program was built without the clients of outside servers: build it with the feature `distributed` \
         (cargo build --package mediamesh), or name none of them"
    )
}

/// What the stores under the ports need while they are open.
#[async_trait]
trait Upkeep: Send + Sync {
    /// Why the log takes no writes, where it does not.
    fn trouble(&self) -> Option<String>;

    /// How many bytes of this machine's disk the log, state and views take.
    fn disk_bytes(&self) -> u64;

    /// The format of the data directory, where it holds the deployment.
    fn format(&self) -> Option<u32> {
        None
    }

    /// Keeps the stores tidy until `cancel` is cancelled.
    async fn tidy(&self, clock: Arc<dyn Clock>, cancel: CancellationToken);

    /// Waits until what was appended is acknowledged, a bounded time. Blocks.
    fn close(&self);
}

impl Stores {
    /// Opens the stores that the configuration names.
    ///
    /// # Errors
    /// One line that says what to change.
    #[cfg_attr(
        not(feature = "distributed"),
        expect(clippy::unused_async, reason = "servers are waited for")
    )]
    pub async fn open(configuration: &Configuration, for_use: Use) -> anyhow::Result<Self> {
        match configuration.servers()? {
            None => embedded::open(configuration),
            #[cfg(feature = "distributed")]
            Some(servers) => {
                // Boxed: the clients' futures lie so deep in each other that every caller's would hit the compiler's limit.
                let opened: BoxFuture<'_, _> =
                    Box::pin(distributed::open(configuration, &servers, for_use));
                opened.await
            }
            #[cfg(not(feature = "distributed"))]
            Some(_) => without_clients(for_use),
        }
    }

    /// Whether this process alone has the stores, and so runs all stages whenever it runs.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.node.is_none()
    }

    /// The partition of `command.verdicts` that this process hears. Two of one partition hear each other's too.
    pub(super) fn reply_partition(&self) -> Partition {
        let partitions = Topic::CommandVerdicts.spec().partitions;
        let of = |node: &String| partition_of(node.as_bytes(), partitions);
        self.node.as_ref().map_or(Partition(0), of)
    }

    /// Why the log takes no writes, where it does not.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.upkeep.trouble()
    }

    /// How many bytes of this machine's disk the log, state and views take.
    #[must_use]
    pub fn disk_bytes(&self) -> u64 {
        self.upkeep.disk_bytes()
    }

    /// The format of the data directory; none where outside servers hold the deployment.
    #[must_use]
    pub fn format(&self) -> Option<u32> {
        self.upkeep.format()
    }

    /// Keeps the stores tidy until `cancel` is cancelled.
    pub(super) async fn tidy(&self, clock: Arc<dyn Clock>, cancel: CancellationToken) {
        self.upkeep.tidy(clock, cancel).await;
    }

    /// Waits until what was appended is acknowledged, a bounded time. Blocks.
    pub(super) fn close(&self) {
        self.upkeep.close();
    }

    /// The stages over these stores.
    pub(super) fn pipeline(
        &self,
        control: &Arc<impl Control + 'static>,
        progress: &ProgressFollower,
        parking: Arc<Parking>,
    ) -> Pipeline {
        Pipeline {
            groups: Arc::clone(&self.groups),
            log: Arc::clone(&self.append),
            codec: self.codec.clone(),
            control: control.clone(),
            objects: Arc::clone(&self.objects),
            rows: Arc::clone(&self.rows),
            views: Arc::clone(&self.views),
            search: Arc::clone(&self.index),
            parking,
            clock: Arc::new(SystemClock::default()),
            handle: handle(),
            listener: Some(progress.listener()),
        }
    }
}
