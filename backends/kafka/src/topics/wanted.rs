//! The topics as they should be: from the one list in `schemas`, and the changelogs of groups that keep state.

use crate::client::MAX_BATCH;
use crate::names::Names;
use crate::settings::Settings;
use mediamesh_ports::event_log::GroupSpec;
use mediamesh_schemas::Topic;
use mediamesh_schemas::topics::Cleanup;
use std::collections::BTreeMap;
use std::time::Duration;

/// For how long a changelog remembers that a key was removed. A local copy of a state whose age comes near it is
/// not brought up to date but made anew: it could have missed a removal.
pub(crate) const REMOVALS_KEPT: Duration = Duration::from_secs(7 * 86_400);
/// How large the segments of compacted topics are: only closed ones are compacted.
const COMPACTED_SEGMENT: u64 = 64 << 20;
/// Where nothing is deleted by its age, a segment is not closed by it either. A marker bears the time of the commit, so
/// records with times of long ago (an import) would otherwise have each transaction close a segment.
const NEVER_BY_AGE: i64 = 100 * 365 * 86_400_000;

/// What is personal is gone a day after it was erased: a segment is closed, and then compacted, soon enough for both.
const PERSONAL_SEGMENT_MS: i64 = 6 * 3_600_000;
/// How long a closed segment with something personal may wait for its compaction.
const PERSONAL_LAG_MS: i64 = 12 * 3_600_000;

/// A topic as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name in the cluster.
    pub name: String,
    /// How many partitions it has.
    pub partitions: i32,
    /// How many copies it has, where it is made.
    pub replication: i32,
    /// Its configuration, by key.
    pub configs: BTreeMap<String, String>,
}

impl Wanted {
    /// Every topic of the list, and the changelogs of the groups that keep state.
    #[must_use]
    pub fn all(settings: &Settings, groups: &[GroupSpec]) -> Vec<Self> {
        let listed = Topic::ALL.iter().map(|topic| Self::topic(settings, *topic));
        let stateful = groups.iter().filter(|group| group.store.is_some());
        let changelogs = stateful.map(|group| Self::changelog(settings, group));
        listed.chain(changelogs).collect()
    }

    /// A topic of the list.
    #[must_use]
    pub fn topic(settings: &Settings, topic: Topic) -> Self {
        let spec = topic.spec();
        let name = Names::of(settings).topic(topic).to_owned();
        let wanted = Self::of(settings, name, spec.partitions);
        let wanted = match spec.cleanup {
            Cleanup::Keep => wanted
                .with("cleanup.policy", "delete")
                .with("retention.ms", "-1")
                .with("retention.bytes", "-1")
                .with("segment.ms", NEVER_BY_AGE),
            Cleanup::Delete { retention_s } => wanted
                .with("cleanup.policy", "delete")
                .with("retention.ms", retention_s * 1_000)
                .with("retention.bytes", "-1"),
            Cleanup::Compact => wanted.compacted(),
        };
        match topic {
            // Commands about people carry what is personal too, for the day that commands are kept.
            Topic::ControlCommands => wanted.with("segment.ms", PERSONAL_SEGMENT_MS),
            Topic::Accounts => wanted
                .with("segment.ms", PERSONAL_SEGMENT_MS)
                .with("max.compaction.lag.ms", PERSONAL_LAG_MS),
            _ => wanted,
        }
    }

    /// The changelog of a group's state: as many partitions as the group's input has.
    #[must_use]
    pub fn changelog(settings: &Settings, group: &GroupSpec) -> Self {
        let name = Names::of(settings).changelog(&group.name);
        Self::of(settings, name, group.input.spec().partitions)
            .compacted()
            .with("delete.retention.ms", REMOVALS_KEPT.as_millis())
    }

    /// The topic with another setting.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.configs.insert(key.to_owned(), value.to_string());
        self
    }

    fn compacted(self) -> Self {
        self.with("cleanup.policy", "compact")
            .with("segment.bytes", COMPACTED_SEGMENT)
            .with("segment.ms", NEVER_BY_AGE)
    }

    fn of(settings: &Settings, name: String, partitions: i32) -> Self {
        // One copy may be away and writes go on, two and they do not.
        let in_sync = (settings.replication - 1).clamp(1, 2);
        let wanted = Self {
            name,
            partitions,
            replication: settings.replication,
            configs: BTreeMap::new(),
        };
        wanted
            .with("min.insync.replicas", in_sync)
            .with("max.message.bytes", MAX_BATCH)
            // The record's own time: retention and readers go by it.
            .with("message.timestamp.type", "CreateTime")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_ports::event_log::Sees;

    #[test]
    fn the_list_becomes_topics_with_their_cleanup() {
        let mut settings = Settings::new("localhost:9092", "a");
        settings.prefix = "test.".to_owned();
        let group = GroupSpec {
            name: "decide".to_owned(),
            input: Topic::ContentCommands,
            store: Some("decide"),
            sees: Sees::Written,
        };
        let stateless = GroupSpec {
            name: "normalise".to_owned(),
            store: None,
            ..group.clone()
        };
        let all = Wanted::all(&settings, &[group, stateless]);
        assert_eq!(all.len(), Topic::ALL.len() + 1);
        let of = |name: &str| all.iter().find(|topic| topic.name == name).expect(name);
        let config = |name, key: &str| of(name).configs[key].as_str();
        assert_eq!(config("test.content.events", "retention.ms"), "-1");
        assert_eq!(config("test.command.verdicts", "retention.ms"), "604800000");
        assert_eq!(config("test.catalog", "cleanup.policy"), "compact");
        assert_eq!(config("test.accounts", "cleanup.policy"), "compact");
        assert_eq!(config("test.accounts", "max.compaction.lag.ms"), "43200000");
        assert_eq!(config("test.accounts", "segment.ms"), "21600000");
        assert_eq!(of("test.control.commands").partitions, 1);
        assert_eq!(of("test.decide-changelog").partitions, 12);
        assert_eq!(config("test.catalog", "min.insync.replicas"), "2");
        settings.replication = 1;
        let alone = Wanted::topic(&settings, Topic::Catalog);
        assert_eq!(alone.configs["min.insync.replicas"], "1");
    }
}
