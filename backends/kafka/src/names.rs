//! What things are called in the cluster: one place for every name.

use crate::settings::Settings;
use mediamesh_schemas::Topic;
use std::collections::BTreeMap;

/// The longest name that a topic may have.
const MAX_TOPIC: usize = 249;

/// The names of a deployment.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    prefix: String,
    instance: String,
    topics: BTreeMap<Topic, String>,
}

impl Names {
    pub(crate) fn of(settings: &Settings) -> Self {
        let prefix = settings.prefix.clone();
        let topics = Topic::ALL
            .iter()
            .map(|topic| (*topic, format!("{prefix}{topic}")))
            .collect();
        Self {
            prefix,
            instance: settings.instance.clone(),
            topics,
        }
    }

    /// A topic of the list.
    pub(crate) fn topic(&self, topic: Topic) -> &str {
        self.topics.get(&topic).map_or(topic.name(), String::as_str)
    }

    /// A consumer group.
    pub(crate) fn group(&self, group: &str) -> String {
        format!("{}{group}", self.prefix)
    }

    /// The topic that keeps a group's state: named by the group, so that forgetting the group finds it.
    pub(crate) fn changelog(&self, group: &str) -> String {
        format!("{}{group}-changelog", self.prefix)
    }

    /// Whose transactions these are. The instance's name in it is what fences this process's former self.
    pub(crate) fn transactions(&self, of: &str) -> String {
        format!("{}{of}-{}", self.prefix, self.instance)
    }

    /// The name by which a member keeps its partitions over a restart.
    pub(crate) fn static_member(&self) -> &str {
        &self.instance
    }

    /// Whether a group may have this name: its changelog is a topic.
    pub(crate) fn is_group_name(&self, group: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        !group.is_empty() && group.chars().all(plain) && self.changelog(group).len() <= MAX_TOPIC
    }
}
