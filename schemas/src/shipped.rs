//! The schema files that this build ships, by topic and version.

use crate::topics::Topic;
use apache_avro::Schema;
use std::sync::LazyLock;

/// One published schema file.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// The topic.
    pub topic: Topic,
    /// The version, from 1.
    pub version: i32,
    /// The file's text.
    pub text: &'static str,
}

macro_rules! shipped {
    ($($topic:ident $folder:literal $version:literal)*) => {
        /// Every published version of every topic, in order. A file that stands here is never edited.
        pub const ALL: &[Shipped] = &[$(Shipped {
            topic: Topic::$topic,
            version: $version,
            text: include_str!(concat!("../avro/", $folder, "/v", $version, ".avsc")),
        },)*];
    };
}

shipped! {
    IngestRaw "ingest.raw" 1
    ContentCommands "content.commands" 1
    ContentCommands "content.commands" 2
    ContentCommands "content.commands" 3
    ContentEvents "content.events" 1
    ContentEvents "content.events" 2
    ContentEvents "content.events" 3
    CommandVerdicts "command.verdicts" 1
    CommandVerdicts "command.verdicts" 2
    CommandVerdicts "command.verdicts" 3
    Catalog "catalog" 1
    Catalog "catalog" 2
    Catalog "catalog" 3
    ViewProgress "view.progress" 1
    ViewProgress "view.progress" 2
    ControlCommands "control.commands" 1
    ControlEvents "control.events" 1
    ControlCommands "control.commands" 2
    ControlEvents "control.events" 2
    IngestEvents "ingest.events" 1
    IngestEvents "ingest.events" 2
    IngestEvents "ingest.events" 3
    ViewParked "view.parked" 1
    ControlCommands "control.commands" 3
    ControlEvents "control.events" 3
    Accounts "accounts" 1
}

/// The subject under which a registry keeps the versions of a topic's value schema.
#[must_use]
pub fn subject(topic: Topic) -> String {
    format!("{topic}-value")
}

/// The versions of a topic, oldest first; empty for dead letters, which keep the bytes they came with.
pub fn versions(topic: Topic) -> impl Iterator<Item = &'static Shipped> {
    ALL.iter().filter(move |shipped| shipped.topic == topic)
}

/// The newest version of a topic.
#[must_use]
pub fn newest(topic: Topic) -> Option<&'static Shipped> {
    versions(topic).last()
}

/// The shipped files with their parsed schemas, once a process.
pub(crate) static PARSED: LazyLock<Vec<(Shipped, Schema)>> = LazyLock::new(|| {
    ALL.iter()
        .map(|shipped| {
            let schema = Schema::parse_str(shipped.text).expect("a test parses every shipped file");
            (*shipped, schema)
        })
        .collect()
});
