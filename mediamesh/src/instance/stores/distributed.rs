//! Every port on outside servers.
//!
//! Who opens the stores brings the servers up to date first, as far as nothing is changed by it that is there:
//! missing topics are made, missing schemas registered, missing tables made. Any number of processes may do so at once.

mod doors;
mod keys;
mod patience;
mod settings;
pub(super) mod update;

pub(in crate::instance) use keys::shared_key;

use super::{CALLERS, Stores, Upkeep, Use};
use crate::configuration::Configuration;
use crate::configuration::servers::Servers;
use anyhow::Context as _;
use async_trait::async_trait;
use mediamesh_elasticsearch::SearchIndex;
use mediamesh_embedded::rate_limits::Buckets;
use mediamesh_kafka::KafkaLog;
use mediamesh_objects::Bucket;
use mediamesh_ports::rate_limits::{FailOpen, RateLimits};
use mediamesh_ports::registry::Lookup;
use mediamesh_redis::Redis;
use mediamesh_runtime::clock::Clock;
use mediamesh_schemas::Codec;
use patience::Patience;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Opens the stores; waits for servers that are away, and says so.
pub(super) async fn open(
    configuration: &Configuration,
    servers: &Servers,
    for_use: Use,
) -> anyhow::Result<Stores> {
    let patience = Patience::of(for_use);
    let node = node(configuration, for_use);
    let dir = &configuration.data_dir;
    let state = StateDir::of(for_use, dir)?;
    let kafka = settings::kafka(servers, &node, state.path.clone())?;
    update::make_topics(&kafka, patience).await?;
    let registry = update::registry(servers, patience).await?;
    let ids = update::register_schemas(&registry, patience).await?;
    let codec = Codec::new(ids, Arc::new(Lookup(registry)))?;
    let views = update::open_views(&settings::cql(servers)?, patience).await?;
    let search = SearchIndex::new(settings::elasticsearch(servers)?)?;
    doors::ELASTICSEARCH.unless_shut(search.knock().await)?;
    let bucket = settings::objects(servers)?;
    doors::OBJECTS.unless_shut(Bucket::knock(&bucket).await)?;
    let objects = Bucket::open(&bucket)?;
    let log = tokio::task::spawn_blocking(move || KafkaLog::open(kafka)).await??;
    let (ports, search, views) = (Arc::new(log.clone()), Arc::new(search), Arc::new(views));
    Ok(Stores {
        append: ports.clone(),
        read: ports.clone(),
        groups: ports.clone(),
        state: ports,
        rows: views.clone(),
        views,
        search: search.clone(),
        index: search,
        objects: Arc::new(objects),
        limits: limits(servers).await?,
        codec,
        node: Some(node),
        upkeep: Arc::new(Shared { log, state }),
    })
}

/// Limits that all processes count together, and each by itself while Redis is away; by itself alone without one.
async fn limits(servers: &Servers) -> anyhow::Result<Arc<dyn RateLimits>> {
    let own = Arc::new(Buckets::new(CALLERS));
    let Some(redis) = settings::redis(servers)? else {
        return Ok(own);
    };
    let redis = Redis::open(redis)?;
    doors::REDIS.unless_shut(redis.knock().await)?;
    let shared = Arc::new(redis.rate_limits());
    Ok(Arc::new(FailOpen::new(shared, own)))
}

/// This process's name in the deployment.
fn node(configuration: &Configuration, for_use: Use) -> String {
    let named = configuration.instance.clone();
    let name = named.unwrap_or_else(|| {
        let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let machine: String = machine.trim().chars().take(40).map(usable).collect();
        let machine = if machine.is_empty() {
            "node".to_owned()
        } else {
            machine
        };
        format!("{machine}-{}", configuration.listen.ops.port())
    });
    match for_use {
        // Not that of the instance whose configuration it shares: one would fence the other.
        Use::Question => format!("{name}-question-{}", std::process::id()),
        Use::Stages | Use::NoStages => name,
    }
}

fn usable(letter: char) -> char {
    if letter.is_ascii_alphanumeric() || ".-_".contains(letter) {
        letter
    } else {
        '-'
    }
}

/// Where this process keeps the state of its stages; a copy of what the log has.
struct StateDir {
    path: Option<PathBuf>,
    passes: bool,
}

impl StateDir {
    fn of(for_use: Use, data_dir: &Path) -> anyhow::Result<Self> {
        let path = match for_use {
            Use::NoStages => None,
            Use::Stages => Some(data_dir.join("state")),
            // A rebuild is run by who asks for it.
            Use::Question => Some(data_dir.join(format!("question-{}", std::process::id()))),
        };
        // The token of the command line lies in it in any case.
        let made = path.as_deref().unwrap_or(data_dir);
        fs::create_dir_all(made).with_context(|| format!("{} cannot be made", made.display()))?;
        Ok(Self {
            path,
            passes: for_use == Use::Question,
        })
    }
}

impl Drop for StateDir {
    fn drop(&mut self) {
        if let Some(path) = self.path.as_ref().filter(|_| self.passes) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// One of the processes of a deployment. The servers keep themselves tidy.
struct Shared {
    log: KafkaLog,
    state: StateDir,
}

#[async_trait]
impl Upkeep for Shared {
    fn trouble(&self) -> Option<String> {
        self.log.trouble()
    }

    fn disk_bytes(&self) -> u64 {
        self.state.path.as_deref().map_or(0, bytes_under)
    }

    async fn tidy(&self, _: Arc<dyn Clock>, cancel: CancellationToken) {
        cancel.cancelled().await;
    }

    fn close(&self) {
        let left = self.log.close();
        if left > 0 {
            tracing::warn!(
                records = left,
                "appends were not acknowledged before the end"
            );
        }
    }
}

fn bytes_under(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_under(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    bytes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_another_name_than_the_instance_that_it_asks_about() {
        let named = Configuration {
            instance: Some("a".to_owned()),
            ..Configuration::default()
        };
        assert_eq!(node(&named, Use::Stages), "a");
        assert_ne!(node(&named, Use::Question), "a");
        let unnamed = node(&Configuration::default(), Use::NoStages);
        assert!(unnamed.ends_with("-9464"), "{unnamed}");
        assert!(unnamed.chars().all(|letter| letter == usable(letter)));
    }
}
