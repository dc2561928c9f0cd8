//! The one list of topics: key, value schema, partitions, cleanup and retention of each.

use std::fmt;

/// The number of partitions of every content topic: one constant for the life of a deployment.
pub const PARTITIONS: i32 = 12;

const DAY_S: i64 = 86_400;

/// What becomes of old records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleanup {
    /// They are kept for ever.
    Keep,
    /// They go after so many seconds.
    Delete {
        /// How long a record stays, in seconds.
        retention_s: i64,
    },
    /// The newest record of each key stays.
    Compact,
}

/// What a topic's records are and how they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicSpec {
    /// The topic's name.
    pub name: &'static str,
    /// What its records are.
    pub what: &'static str,
    /// What its records are keyed by.
    pub key: &'static str,
    /// The folder of its value schema; dead letters keep the bytes of the topic they come from.
    pub schema: Option<&'static str>,
    /// How many partitions it has.
    pub partitions: i32,
    /// What becomes of old records.
    pub cleanup: Cleanup,
}

macro_rules! topics {
    ($($(#[$doc:meta])* $variant:ident = $number:literal => $spec:expr;)*) => {
        /// A topic of the deployment. The numbers stand in the embedded log's keys and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Topic { $($(#[$doc])* $variant = $number,)* }

        impl Topic {
            /// Every topic.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What its records are and how they are kept.
            #[must_use]
            pub const fn spec(self) -> TopicSpec {
                match self { $(Self::$variant => $spec,)* }
            }
        }
    };
}

const fn content(
    name: &'static str,
    what: &'static str,
    key: &'static str,
    cleanup: Cleanup,
) -> TopicSpec {
    TopicSpec {
        name,
        what,
        key,
        schema: Some(name),
        partitions: PARTITIONS,
        cleanup,
    }
}

const fn dead_letters(name: &'static str, partitions: i32) -> TopicSpec {
    TopicSpec {
        name,
        what: "records that cannot be processed, as they came, with source and reason in headers",
        key: "as in the topic they come from",
        schema: None,
        partitions,
        cleanup: Cleanup::Delete {
            retention_s: 90 * DAY_S,
        },
    }
}

topics! {
    /// Raw entries as connectors found them.
    IngestRaw = 1 => content(
        "ingest.raw", "one raw entry with its feed context and its place in the fetch", "source id",
        Cleanup::Delete { retention_s: 30 * DAY_S });
    /// What somebody asks of the content.
    ContentCommands = 2 => content(
        "content.commands", "what somebody asks of one program or of an item of it", "program id",
        Cleanup::Delete { retention_s: 30 * DAY_S });
    /// What has happened to the content: the system of record.
    ContentEvents = 3 => content(
        "content.events", "what has happened, each fact with its seq; the system of record", "program id",
        Cleanup::Keep);
    /// What became of commands.
    CommandVerdicts = 4 => content(
        "command.verdicts", "what became of a command, on the reply partition of the node that asked", "command id",
        Cleanup::Delete { retention_s: 7 * DAY_S });
    /// The denormalised document of each item and lane.
    Catalog = 5 => content(
        "catalog", "the denormalised document per item and lane, removals, and progress", "program/item/lane",
        Cleanup::Compact);
    /// How far each view has come.
    ViewProgress = 6 => TopicSpec {
        name: "view.progress", what: "how far a view has come in a partition", key: "view/version/partition",
        schema: Some("view.progress"), partitions: 1, cleanup: Cleanup::Compact };
    /// What somebody asks of sources, keys, users and views.
    ControlCommands = 7 => TopicSpec {
        name: "control.commands", what: "what somebody asks of sources, API keys, users and views", key: "command id",
        schema: Some("control.commands"), partitions: 1, cleanup: Cleanup::Delete { retention_s: DAY_S } };
    /// What has happened to sources, keys, users and views.
    ControlEvents = 8 => TopicSpec {
        name: "control.events", what: "what has happened to sources, API keys, users and views, without what is personal", key: "the thing it is about",
        schema: Some("control.events"), partitions: 1, cleanup: Cleanup::Keep };
    /// What came of each run of a source.
    IngestEvents = 9 => content(
        "ingest.events", "what a run of a source saw, or why it failed", "source id",
        Cleanup::Delete { retention_s: 90 * DAY_S });
    /// What sinks hold back, and what is asked of them.
    ViewParked = 10 => TopicSpec {
        name: "view.parked", what: "keys that a view's sink holds back, and what was asked of them", key: "view.version/partition/key, or ask/id",
        schema: Some("view.parked"), partitions: 1, cleanup: Cleanup::Compact };
    /// What is personal of people with an account.
    Accounts = 11 => TopicSpec {
        name: "accounts", what: "names, addresses and password hashes of people; erasing one is a record in their place", key: "user id/profile, or user id/password",
        schema: Some("accounts"), partitions: 1, cleanup: Cleanup::Compact };
    /// Raw entries that cannot be processed.
    IngestRawDlt = 101 => dead_letters("ingest.raw.dlt", PARTITIONS);
    /// Commands that cannot be processed.
    ContentCommandsDlt = 102 => dead_letters("content.commands.dlt", PARTITIONS);
    /// Control commands that cannot be processed.
    ControlCommandsDlt = 107 => dead_letters("control.commands.dlt", 1);
}

impl Topic {
    /// The topic's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// The number that stands for the topic in the embedded log's keys.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The topic with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|topic| topic.name() == name)
    }

    /// Where its records go that cannot be processed; `None` where the key is parked instead.
    #[must_use]
    pub const fn dead_letters(self) -> Option<Self> {
        match self {
            Self::IngestRaw => Some(Self::IngestRawDlt),
            Self::ContentCommands => Some(Self::ContentCommandsDlt),
            Self::ControlCommands => Some(Self::ControlCommandsDlt),
            _ => None,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
