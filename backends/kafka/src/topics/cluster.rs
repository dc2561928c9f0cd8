//! Asking the cluster about its topics, and telling it.

use super::{Error, Wanted};
use crate::client::{self, Context, Owned};
use crate::health::Health;
use crate::settings::Settings;
use futures::executor::block_on;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigSource, NewTopic, ResourceSpecifier,
    TopicReplication,
};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::Metadata;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one request for everything may take before it is looked whether we are turned away.
const LOOK: Duration = Duration::from_secs(3);

/// A setting as it is.
pub(super) struct Entry {
    pub(super) value: String,
    /// Whether it was set on this topic.
    pub(super) own: bool,
}

type Configs = BTreeMap<String, Entry>;

/// The cluster, asked by a client of its own. Blocks.
pub(crate) struct Cluster {
    admin: Owned<AdminClient<Context>>,
    /// Asks what there is: what an admin client has to tell is told to nobody, for nobody can poll it.
    asking: Owned<BaseConsumer<Context>>,
    health: Arc<Health>,
    within: Duration,
}

impl Cluster {
    pub(crate) fn of(settings: &Settings) -> Result<Self, Error> {
        let health = Arc::new(Health::default());
        let admin: AdminClient<Context> = client::common(settings)
            .create_with_context(Context::new("admin", &health))
            .map_err(refused)?;
        let asking: BaseConsumer<Context> = client::consumer(settings, "topics")
            .create_with_context(Context::new("topics", &health))
            .map_err(refused)?;
        Ok(Self {
            admin: Owned::new("admin", admin, Duration::ZERO),
            asking: Owned::new("topics", asking, Duration::ZERO),
            health,
            within: settings.deadlines.call * 3,
        })
    }

    fn options(&self) -> AdminOptions {
        AdminOptions::new()
            .request_timeout(Some(self.within))
            .operation_timeout(Some(self.within))
    }

    /// Every topic with the number of its partitions.
    pub(super) fn partitions(&self) -> Result<BTreeMap<String, usize>, Error> {
        let metadata = self.metadata()?;
        let topics = metadata.topics().iter();
        let known = topics.filter(|topic| topic.error().is_none());
        Ok(known
            .map(|topic| (topic.name().to_owned(), topic.partitions().len()))
            .collect())
    }

    /// Asks again and again: who is turned away hears of it on the side, and need not wait any longer.
    fn metadata(&self) -> Result<Metadata, Error> {
        let deadline = Instant::now() + self.within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let asked = self.asking.fetch_metadata(None, left.min(LOOK));
            while self.asking.poll(Duration::ZERO).is_some() {}
            match (asked, self.health.denied()) {
                (Ok(metadata), _) => return Ok(metadata),
                (Err(_), Some(denied)) => return Err(Error::Denied(denied)),
                (Err(error), None) if left <= LOOK => return Err(refused(error)),
                (Err(_), None) => {}
            }
        }
    }

    /// What topics are configured to be.
    pub(super) fn configs(&self, topics: &[&str]) -> Result<BTreeMap<String, Configs>, Error> {
        if topics.is_empty() {
            return Ok(BTreeMap::new());
        }
        let asked: Vec<_> = topics
            .iter()
            .map(|topic| ResourceSpecifier::Topic(topic))
            .collect();
        let answers = block_on(self.admin.describe_configs(&asked, &self.options()));
        let mut configs = BTreeMap::new();
        for (topic, answer) in topics.iter().zip(answers.map_err(refused)?) {
            let answer = answer.map_err(|code| Error::Cluster(format!("{topic}: {code}")))?;
            let entries = answer.entries.into_iter().filter_map(|entry| {
                let own = entry.source == ConfigSource::DynamicTopic;
                let value = entry.value?;
                Some((entry.name, Entry { value, own }))
            });
            configs.insert((*topic).to_owned(), entries.collect());
        }
        Ok(configs)
    }

    /// Makes topics; those that are there already stay as they are.
    pub(super) fn create(&self, wanted: &[&Wanted]) -> Result<(), Error> {
        if wanted.is_empty() {
            return Ok(());
        }
        let topics: Vec<_> = wanted
            .iter()
            .map(|topic| {
                let copies = TopicReplication::Fixed(topic.replication);
                let new = NewTopic::new(&topic.name, topic.partitions, copies);
                let configs = topic.configs.iter();
                configs.fold(new, |new, (key, value)| new.set(key, value))
            })
            .collect();
        let results = block_on(self.admin.create_topics(&topics, &self.options()));
        each(results, RDKafkaErrorCode::TopicAlreadyExists)
    }

    /// Waits until the brokers know of topics that were just made.
    pub(super) fn await_topics(&self, wanted: &[&Wanted]) -> Result<(), Error> {
        let deadline = Instant::now() + self.within;
        loop {
            let known = self.partitions()?;
            let Some(missing) = wanted.iter().find(|t| !known.contains_key(&t.name)) else {
                return Ok(());
            };
            if Instant::now() >= deadline {
                let name = &missing.name;
                return Err(Error::Cluster(format!("{name} was made and is not there")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sets keys of a topic.
    ///
    /// The client has no incremental call: what is not named falls back to its default. So all that was set on this
    /// topic by others is named again.
    pub(super) fn configure(&self, topic: &str, set: &BTreeMap<&str, &str>) -> Result<(), Error> {
        let found = self.configs(&[topic])?;
        let mut all: BTreeMap<&str, &str> = found
            .get(topic)
            .into_iter()
            .flatten()
            .filter(|(_, entry)| entry.own)
            .map(|(key, entry)| (key.as_str(), entry.value.as_str()))
            .collect();
        all.extend(set);
        let alter = AlterConfig::new(ResourceSpecifier::Topic(topic));
        let alter = all
            .into_iter()
            .fold(alter, |a, (key, value)| a.set(key, value));
        let results = block_on(self.admin.alter_configs([&alter], &self.options()));
        for result in results.map_err(refused)? {
            result.map_err(|(_, code)| Error::Cluster(format!("configure {topic}: {code}")))?;
        }
        Ok(())
    }

    /// Waits until the brokers say what was just set.
    pub(super) fn await_configs(
        &self,
        set: &BTreeMap<&str, BTreeMap<&str, &str>>,
    ) -> Result<(), Error> {
        let topics: Vec<&str> = set.keys().copied().collect();
        let deadline = Instant::now() + self.within;
        loop {
            let found = self.configs(&topics)?;
            let is_set = |topic: &str, key: &str, value: &str| {
                let entry = found.get(topic).and_then(|configs| configs.get(key));
                entry.is_some_and(|entry| entry.value == value)
            };
            let missing = set.iter().find_map(|(topic, keys)| {
                let mut keys = keys.iter();
                keys.find(|(key, value)| !is_set(topic, key, value))
                    .map(|(key, _)| format!("{topic}: {key}"))
            });
            match missing {
                None => return Ok(()),
                Some(missing) if Instant::now() >= deadline => {
                    return Err(Error::Cluster(format!("{missing} was set and is not")));
                }
                Some(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Deletes a topic, and waits until the brokers have forgotten it; one that is not there is deleted already.
    pub(crate) fn delete(&self, topic: &str) -> Result<(), Error> {
        let results = block_on(self.admin.delete_topics(&[topic], &self.options()));
        each(results, RDKafkaErrorCode::UnknownTopicOrPartition)?;
        let deadline = Instant::now() + self.within;
        while self.partitions()?.contains_key(topic) {
            if Instant::now() >= deadline {
                return Err(Error::Cluster(format!("{topic} was deleted and is there")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Deletes a group with its offsets; says whether it has members, which keeps it.
    pub(crate) fn delete_group(&self, group: &str) -> Result<bool, Error> {
        let results = block_on(self.admin.delete_groups(&[group], &self.options()));
        match results.map_err(refused)?.pop() {
            Some(Err((_, RDKafkaErrorCode::NonEmptyGroup))) => Ok(false),
            None | Some(Ok(_) | Err((_, RDKafkaErrorCode::GroupIdNotFound))) => Ok(true),
            Some(Err((group, code))) => Err(Error::Cluster(format!("{group}: {code}"))),
        }
    }
}

type Each = Vec<Result<String, (String, RDKafkaErrorCode)>>;

fn each(results: KafkaResult<Each>, fine: RDKafkaErrorCode) -> Result<(), Error> {
    for result in results.map_err(refused)? {
        match result {
            Ok(_) => {}
            Err((_, code)) if code == fine => {}
            Err((topic, code)) => return Err(Error::Cluster(format!("{topic}: {code}"))),
        }
    }
    Ok(())
}

fn refused(error: KafkaError) -> Error {
    Error::Cluster(error.to_string())
}
