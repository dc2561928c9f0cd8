//! Moving a deployment: everything that it is made of into a folder, and from there into empty stores of any kind.
//!
//! What is moved is the log's facts and what cannot be made again from them. Offsets and schema ids are each
//! deployment's own; `seq`, times and ids of things are not. It works on ports alone, so it knows no difference
//! between one kind of stores and another.

mod export;
mod folder;
mod import;
mod line;
mod objects;
mod part;
mod states;

use super::Tell;
use crate::configuration::Configuration;
use crate::instance::{Instance, Stores};
use anyhow::ensure;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::Record;
use mediamesh_runtime::Pipeline;
use mediamesh_runtime::followers::{ControlFollower, ProgressFollower};
use mediamesh_schemas::Topic;
use part::Part;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Records read or appended at once.
const PAGE: usize = 500;
/// Bytes appended at once, or a record more.
const PAGE_BYTES: usize = 4 << 20;

/// What was moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// Records, by topic.
    pub records: BTreeMap<String, u64>,
    /// Keys of the deciders' states.
    pub state_keys: u64,
    /// Objects.
    pub objects: u64,
}

impl Moved {
    fn add(&mut self, part: Part, items: u64) {
        match part {
            Part::Objects(..) => self.objects += items,
            Part::Topic(topic, _) => {
                *self.records.entry(topic.name().to_owned()).or_default() += items;
            }
            Part::State(..) => self.state_keys += items,
        }
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (topic, records) in &self.records {
            writeln!(f, "{topic}: {records} records")?;
        }
        write!(
            f,
            "state: {} keys\nobjects: {}",
            self.state_keys, self.objects
        )
    }
}

/// Writes a deployment into a folder.
pub(super) async fn export(instance: &Instance, dir: &Path, tell: &Tell) -> anyhow::Result<Moved> {
    let (deployment, dir) = (Deployment::of(instance, tell), dir.to_owned());
    tokio::task::spawn_blocking(move || export::export(&deployment, &dir)).await?
}

/// Fills an empty deployment from a folder.
pub(super) async fn import(
    instance: &Instance,
    dir: &Path,
    dry_run: bool,
    tell: &Tell,
) -> anyhow::Result<Moved> {
    ensure!(
        !instance.runs_stages(),
        "the instance that runs here is at work on its stores: end it, and import into stores that are empty"
    );
    let (deployment, dir) = (Deployment::of(instance, tell), dir.to_owned());
    tokio::task::spawn_blocking(move || import::import(&deployment, &dir, dry_run)).await?
}

/// The ports of a deployment, called from a thread that may block.
struct Deployment {
    stores: Stores,
    pipeline: Pipeline,
    control: Arc<ControlFollower>,
    progress: Arc<ProgressFollower>,
    cancel: CancellationToken,
    handle: Handle,
    tell: Tell,
    /// Where its stores are, as a hash.
    origin: String,
}

impl Deployment {
    fn of(instance: &Instance, tell: &Tell) -> Self {
        Self {
            stores: instance.stores.clone(),
            pipeline: instance.pipeline.clone(),
            control: Arc::clone(&instance.control),
            progress: Arc::clone(&instance.progress),
            cancel: instance.cancel.clone(),
            handle: Handle::current(),
            tell: tell.clone(),
            origin: origin(&instance.configuration),
        }
    }

    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    /// Tells how far it has come.
    ///
    /// # Errors
    /// Where the instance is ending.
    fn tell(&self, what: &str, done: u64, total: u64) -> anyhow::Result<()> {
        ensure!(
            !self.cancel.is_cancelled(),
            "the instance is ending; the same again goes on from here"
        );
        self.wait(self.tell.progress(what, done, Some(total)));
        Ok(())
    }

    fn end(&self, topic: Topic, partition: Partition) -> anyhow::Result<Offset> {
        Ok(self.wait(self.stores.read.bounds(topic, partition))?.end)
    }

    /// Reads a partition's records before `end`, in order.
    fn records(
        &self,
        topic: Topic,
        partition: Partition,
        end: Offset,
        each: &mut dyn FnMut(Record) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut from = Offset(0);
        while from < end {
            let read = self.stores.read.read(topic, partition, from, PAGE);
            let page = self.wait(read)?;
            for record in page.records {
                if record.offset < end {
                    each(record)?;
                }
            }
            if page.next <= from {
                break;
            }
            from = page.next;
        }
        Ok(())
    }
}

/// Where the stores are: no archive names a machine.
fn origin(configuration: &Configuration) -> String {
    let place = match &configuration.kafka {
        Some(kafka) => format!("{} {}", kafka.brokers.join(","), kafka.prefix),
        None => {
            let dir = &configuration.data_dir;
            let whole = dir.canonicalize().unwrap_or_else(|_| dir.clone());
            whole.display().to_string()
        }
    };
    folder::sha256(place)
}
